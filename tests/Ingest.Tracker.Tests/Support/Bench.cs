using System.Collections.Concurrent;
using System.Text;

namespace Ingest.Tracker.Tests;

/// <summary>A tracker on a file of its own, a collector, and clocks.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentBag<IngestTracker> _trackers = [];

    public TestClock Clock { get; } = new();

    public ScriptedCollector Collector { get; } = new();

    public string File => _folder.Of("events.db");

    /// <summary>Every event that was dropped.</summary>
    public ConcurrentQueue<DroppedEvent> Dropped { get; } = new();

    /// <summary>Every event that was set aside.</summary>
    public ConcurrentQueue<DeadLetter> Refused { get; } = new();

    /// <summary>Every problem that was told.</summary>
    public ConcurrentQueue<string?> Problems { get; } = new();

    /// <summary>Opens a tracker of the file; the tests' options, changed.</summary>
    public IngestTracker Open(Action<TrackerOptions>? change = null)
    {
        var options = new TrackerOptions
        {
            File = File,
            Protocol = new IngestProtocol("shop", "shop-key"),
            Endpoints = [new TrackerEndpoint("http://collector.test/")],
            // Power is not lost in tests, and syncs take most of their time.
            SurvivesPowerLoss = false,
            HttpHandler = Collector,
            Clock = Clock,
            OnDropped = Dropped.Enqueue,
            OnRefused = Refused.Enqueue,
            OnProblem = Problems.Enqueue,
        };
        change?.Invoke(options);
        var tracker = IngestTracker.Open(options);
        _trackers.Add(tracker);
        return tracker;
    }

    /// <summary>Tracks events with these numbers as ids.</summary>
    public static void Track(IngestTracker tracker, int first, int count)
    {
        foreach (var number in Enumerable.Range(first, count))
            Assert.Equal(TrackResult.Stored, tracker.Track("tick", Data(number), eventId: Id(number)));
    }

    public static string Id(int number) => new Guid(number, 0, 0, new byte[8]).ToString();

    public static byte[] Data(int number, int bytes = 0) => Encoding.UTF8.GetBytes($$"""{"n":{{number}},"fill":"{{new string('x', bytes)}}"}""");

    /// <summary>Waits until nothing waits in the file.</summary>
    public static async Task FlushAsync(IngestTracker tracker)
    {
        using var deadline = new CancellationTokenSource(Deadline.Process);
        Assert.True(await tracker.FlushAsync(deadline.Token));
    }

    /// <summary>No event may be missing, whatever happened.</summary>
    public static void AssertConserved(TrackerStats stats) => Assert.Equal(
        stats.Stored, stats.Delivered + stats.Pending + stats.SetAside + stats.DroppedTooOld + stats.DroppedRefused);

    public async ValueTask DisposeAsync()
    {
        foreach (var tracker in _trackers)
            await tracker.DisposeAsync();
        Collector.Dispose();
        _folder.Dispose();
    }
}
