using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Ingest.Tracker;

namespace Ingest.EndToEnd;

/// <summary>
/// Five days in one: a certificate chain that is not whole keeps every tracker out, and devices go on recording. When it
/// is mended, all are opened again at once.
/// </summary>
public sealed class TrackerOutageTests
{
    private const int Devices = 15;
    private const int Steps = 5;
    private const int EventsPerStep = 20;
    private const string Schema = "iglu:com.acme/signup/jsonschema/1-0-0";

    private static readonly TimeSpan Step = TimeSpan.FromDays(1);
    private static readonly TimeSpan Outage = Step * Steps;

    [Fact]
    public async Task Events_of_five_days_without_a_collector_arrive_once_and_with_the_right_time()
    {
        using var config = new ConfigFolder(hasSchemas: true);
        // Fewer at once than there are devices, so that some are sent away and come again.
        config.Write("ingest.json", """{ "limits": { "requestsInFlightMax": 4, "retryAfterMin": "1s", "retryAfterMax": "2s" } }""");
        await using var installation = new Installation { Config = config.Path, Runtime = "node" };
        await installation.StartAsync();
        using var chain = new CertificateChain();
        await using var front = await TlsFront.StartAsync(installation.Url, chain);
        using var folder = new TemporaryFolder();
        var recorded = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var devices = Enumerable.Range(0, Devices).Select(number => new Device(number, folder, chain, front.Url)).ToList();
        try
        {
            for (var step = 1; step <= Steps; step++)
            {
                foreach (var device in devices)
                    device.Record(step, recorded);
                // Each has tried again in this day, and was right not to trust what it met.
                await front.Handshakes.AtLeastAsync(step * Devices, Deadline.Delivery);
                await Task.WhenAll(devices.Select(device => device.PausesAsync()));
                devices.ForEach(device => device.Clock.Jump(Step));
            }
            await Task.WhenAll(devices.Select(device => device.IsKeptOutAsync()));
            await Task.WhenAll(devices.Select(device => device.CloseAsync()));
            Assert.Empty(front.Answers);
            var memory = MemoryOf(installation);

            front.Mend();
            var returned = Stopwatch.StartNew();
            devices.ForEach(device => device.Open());
            using var patience = new CancellationTokenSource(Deadline.Delivery);
            await Task.WhenAll(devices.Select(async device => Assert.True(await device.Tracker.FlushAsync(patience.Token))));
            var flood = returned.Elapsed;
            Progress.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{recorded.Count} events came back in {flood.TotalSeconds:0.0} s; most requests at once: {front.InFlightMax}; answers: {string.Join(", ", front.Answers)}"));

            Assert.All(front.Answers.Keys, answer => Assert.True(answer is (200, _) or (503, true), $"{answer}"));
            // What the server keeps of requests under way, three times over, is the most that it may take by its limits.
            Assert.InRange(MemoryOf(installation) - memory, 0, 3L * 256 << 20);
            Assert.All(devices, device => device.AssertDelivered());
            await installation.WaitUntilShippedAsync();
            AssertInLake(LakeReader.Read(installation.LakeFolder), recorded, flood);
            await Verdict.AssertAuditAsync(installation, recorded.Count, 0);
        }
        finally
        {
            foreach (var device in devices)
                await device.DisposeAsync();
        }
    }

    private static void AssertInLake(IReadOnlyList<LakeLine> lines, Dictionary<string, DateTimeOffset> recorded, TimeSpan flood)
    {
        Assert.Equal(recorded.Keys.Order(StringComparer.Ordinal), lines.Select(line => line.EventId).Order(StringComparer.Ordinal));
        var second = TimeSpan.FromSeconds(1);
        Assert.All(lines, line =>
        {
            Assert.Equal("good", line.Stream);
            // A request was under way for as long as all of them took, at most.
            var late = line.Json.GetProperty("derived_at").GetDateTimeOffset() - recorded[line.EventId];
            Assert.InRange(late, -second, flood + second);
        });
    }

    /// <summary>Most memory that the server has had so far, in bytes.</summary>
    private static long MemoryOf(Installation installation)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of another process is read from /proc.");
        var node = JsonElement.Parse(File.ReadAllBytes(Path.Combine(installation.Data, "node.json")));
        var line = File.ReadLines($"/proc/{node.GetProperty("pid").GetInt32()}/status")
            .Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line["VmHWM:".Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture) << 10;
    }

    /// <summary>A device with a tracker. Every third speaks the Snowplow protocol, and two of three have a wrong clock.</summary>
    private sealed class Device : IAsyncDisposable
    {
        private static readonly TimeSpan[] ClockErrors = [TimeSpan.Zero, TimeSpan.FromHours(-3), TimeSpan.FromDays(40), TimeSpan.FromDays(-9_000)];

        private readonly int _number;
        private readonly string _file;
        private readonly Uri _collector;
        private readonly SocketsHttpHandler _handler;

        public Device(int number, TemporaryFolder folder, CertificateChain chain, Uri collector)
        {
            _number = number;
            _handler = new SocketsHttpHandler { AllowAutoRedirect = false };
            _handler.SslOptions.CertificateChainPolicy = chain.TrustInRoot();
            _file = folder.Of($"device-{number}.db");
            _collector = collector;
            Clock.Set(ClockErrors[number % ClockErrors.Length]);
            Open();
        }

        public DeviceClock Clock { get; } = new(Outage);

        public IngestTracker Tracker { get; private set; }

        /// <summary>Starts the program on the device.</summary>
        [MemberNotNull(nameof(Tracker))]
        public void Open() => Tracker = IngestTracker.Open(new TrackerOptions
        {
            File = _file,
            Protocol = _number % 3 == 0 ? new SnowplowProtocol("phones") : new IngestProtocol("shop", "shop-key"),
            Endpoints = [new TrackerEndpoint(_collector)],
            SurvivesPowerLoss = false,
            HttpHandler = _handler,
            Clock = Clock,
            BatchEventsMax = 20,
            RequestTimeout = Deadline.Process,
        });

        public async Task CloseAsync() => await Tracker.DisposeAsync();

        /// <summary>Tracks some events, and notes when they really happened.</summary>
        public void Record(int step, Dictionary<string, DateTimeOffset> recorded)
        {
            // Half of the way through, some clocks are set right.
            if (step == Steps / 2 && _number % 2 == 0)
                Clock.Set(TimeSpan.Zero);
            for (var i = 0; i < EventsPerStep; i++)
            {
                var id = Guid.NewGuid().ToString();
                recorded.Add(id, Clock.TrueNow);
                var data = Encoding.UTF8.GetBytes($$"""{"user":"Zoë {{_number}}","plan":"free","age":{{i}}}""");
                Assert.Equal(TrackResult.Stored, Tracker.Track("signup", data, Schema, eventId: id));
            }
        }

        /// <summary>Waits until it pauses: a pause that begins after a jump lasts its whole time.</summary>
        public Task PausesAsync() => Deadline.UntilAsync(
            () => Task.FromResult(Clock.IsPausing ? this : null), Deadline.Process, () => $"device {_number} does not pause");

        /// <summary>Waits until it has said why nothing is delivered, and holds it to have kept everything.</summary>
        public async Task IsKeptOutAsync()
        {
            var stats = await Deadline.UntilAsync(
                () => Task.FromResult(Tracker.ReadStats() is { Problem: not null } told ? told : null), Deadline.Process, () => $"device {_number} has no problem");
            Assert.Equal((Steps * EventsPerStep, 0), (stats.Pending, stats.Delivered));
            Assert.Contains("certificate", stats.Problem, StringComparison.OrdinalIgnoreCase);
        }

        public void AssertDelivered()
        {
            var stats = Tracker.ReadStats();
            Assert.Equal((Steps * EventsPerStep, 0, 0), (stats.Delivered, stats.Pending, stats.SetAside));
        }

        public async ValueTask DisposeAsync()
        {
            await Tracker.DisposeAsync();
            _handler.Dispose();
        }
    }
}
