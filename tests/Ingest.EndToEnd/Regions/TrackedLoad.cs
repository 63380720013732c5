using System.Globalization;
using System.Text;
using System.Text.Json;
using Ingest.Tracker;

namespace Ingest.EndToEnd;

/// <summary>
/// The .NET tracker as a client: tracks without end into a file of its own. What it has stored counts as acknowledged, since
/// that is what the tracker promises: it arrives, whatever the collectors answer meanwhile.
/// </summary>
internal sealed class TrackedLoad : IAsyncDisposable
{
    private const string Schema = "iglu:com.acme/signup/jsonschema/1-0-0";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly TemporaryFolder _folder = new();
    private readonly ConservationOracle _oracle;
    private readonly CancellationTokenSource _stopping = new();
    private readonly IngestTracker _tracker;
    private readonly Task _tracking;

    private TrackedLoad(ConservationOracle oracle, Uri collector)
    {
        _oracle = oracle;
        _tracker = IngestTracker.Open(new TrackerOptions
        {
            File = _folder.Of("events.db"),
            Protocol = new IngestProtocol("shop", "shop-key"),
            Endpoints = [new TrackerEndpoint(collector)],
            BatchDelay = TimeSpan.FromMilliseconds(200),
            RetryPauseMin = TimeSpan.FromMilliseconds(200),
            RetryPauseMax = TimeSpan.FromSeconds(2),
        });
        _tracking = TrackAsync();
    }

    /// <summary>Begins to track; no collector need be there yet.</summary>
    public static TrackedLoad Start(ConservationOracle oracle, Uri collector) => new(oracle, collector);

    /// <summary>Ends the events, and waits until the tracker has delivered every one.</summary>
    public async Task FinishAsync()
    {
        await _stopping.CancelAsync();
        await _tracking;
        using var patience = new CancellationTokenSource(Deadline.Delivery);
        Assert.True(await _tracker.FlushAsync(patience.Token), "The tracker was closed.");
        Assert.Empty(_tracker.ReadDeadLetters());
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _tracking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _tracker.DisposeAsync();
        _stopping.Dispose();
        _folder.Dispose();
    }

    private async Task TrackAsync()
    {
        for (var i = 0; !_stopping.IsCancellationRequested; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"tracked/{i}");
            var data = JsonElement.Parse(new PlainEvent(id).Text).GetProperty("data").GetRawText();
            _oracle.Expect(new ExpectedEvent(id, "good", null, line => Difference(data, line)));
            Assert.Equal(TrackResult.Stored, _tracker.Track("signup", Encoding.UTF8.GetBytes(data), Schema, eventId: id));
            _oracle.Acknowledge(id);
            await Task.Delay(Pause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static string? Difference(string data, LakeLine line)
    {
        var arrived = JsonElement.Parse(line.Sent).GetProperty("data").GetRawText();
        return arrived == data ? null : $"says {arrived}, not {data}";
    }
}
