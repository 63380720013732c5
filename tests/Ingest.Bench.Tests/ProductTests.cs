using System.Net;
using System.Text;
using Ingest.Collector;
using Ingest.Engine;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingest.Bench.Tests;

/// <summary>The product must take the workloads for what they are: an event that goes to the quarantine costs something else.</summary>
public sealed class ProductTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ingest-bench-tests-").FullName;

    public static TheoryData<string> Workloads => [.. WorkloadCatalogue.All.Where(workload => workload.Sources == 1).Select(workload => workload.Name)];

    [Theory]
    [MemberData(nameof(Workloads))]
    public async Task Every_event_is_valid(string name)
    {
        var workload = WorkloadCatalogue.Find(name)!;
        var (events, errors, checks) = await SendAsync(workload);
        Assert.Equal(workload.EventsPerRequest, events);
        Assert.Empty(errors);
        if (workload.Schemas.Count > 0)
            Assert.True(checks >= workload.EventsPerRequest, $"only {checks} documents are validated");
    }

    [Fact]
    public async Task The_schema_is_in_force()
    {
        var (_, errors, _) = await SendAsync(WorkloadCatalogue.Find("W2-schema")!, body => body.Replace("\"browser\":\"", "\"browser\":\"x", StringComparison.Ordinal));
        Assert.Equal(50, errors.Count);
        Assert.All(errors, error => Assert.Equal("/data/browser", error.Where));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Lets the collector read a body with the workload's own configuration.</summary>
    /// <returns>Events, errors, and documents that were to be validated.</returns>
    private async Task<(int Events, List<EventError> Errors, int Checks)> SendAsync(Workload workload, Func<string, string>? change = null)
    {
        Assert.True(Configuration.TryLoad(BenchSource.WriteConfiguration(_folder, workload), out var configuration, out var mistakes), string.Join('\n', mistakes));
        var intake = new JudgingIntake(configuration!.Catalogue);
        var collector = new CollectorApp(
            configuration.Settings, configuration.Catalogue, intake, new Ready(), TimeProvider.System, NullLogger<CollectorApp>.Instance);
        var target = new Target(new IPEndPoint(IPAddress.Loopback, 1), workload.IngestPath);
        var request = new Request(workload, target, 5);
        request.Refresh(new Random(1));
        var body = Encoding.UTF8.GetString(request.Bytes.Span[^request.BodyBytes..]);
        var context = new DefaultHttpContext();
        context.Request.Method = HttpMethods.Post;
        context.Request.Path = workload.IngestPath;
        context.Request.Headers.Authorization = "Bearer " + BenchSource.WriteKey;
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(change?.Invoke(body) ?? body));
        context.Response.Body = new MemoryStream();
        await collector.HandleAsync(context);
        Assert.Equal(StatusCodes.Status200OK, context.Response.StatusCode);
        return (intake.Events, intake.Errors, intake.Checks);
    }

    private sealed class JudgingIntake(SourceCatalogue sources) : IIntake
    {
        public int Events { get; private set; }

        public int Checks { get; private set; }

        public List<EventError> Errors { get; } = [];

        public ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch, CancellationToken cancellation = default)
        {
            Assert.Equal("bench", source);
            Assert.True(sources.Current.TryGet(source, out var found));
            foreach (ref readonly var entry in batch.Events)
            {
                Events++;
                Checks += entry.CheckCount;
                Errors.AddRange(EventJudge.Judge(batch, entry, found.Validator) ?? []);
            }

            return ValueTask.FromResult(new IntakeResult(IntakeOutcome.Stored));
        }
    }

    private sealed class Ready : IReadiness
    {
        public bool CanStore(out string? why)
        {
            why = null;
            return true;
        }
    }
}
