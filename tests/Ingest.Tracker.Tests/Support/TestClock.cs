namespace Ingest.Tracker.Tests;

/// <summary>Clocks that tests set. A wait takes next to no time: it moves them by as much.</summary>
internal sealed class TestClock : TrackerClock
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 20, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly List<TimeSpan> _pauses = [];
    private TimeSpan _elapsed = TimeSpan.FromDays(1);
    private TimeSpan _set;

    /// <summary>The wall clock as it would be had nobody set it.</summary>
    public DateTimeOffset TrueNow => Start + Elapsed;

    public override DateTimeOffset UtcNow
    {
        get
        {
            lock (_gate)
                return Start + _elapsed + _set;
        }
    }

    public override TimeSpan Elapsed
    {
        get
        {
            lock (_gate)
                return _elapsed;
        }
    }

    public override string? Epoch => EpochName;

    public string? EpochName { get; set; } = "one start";

    /// <summary>Every wait so far.</summary>
    public IReadOnlyList<TimeSpan> Pauses
    {
        get
        {
            lock (_gate)
                return [.. _pauses];
        }
    }

    /// <summary>Lets time pass.</summary>
    public void Advance(TimeSpan span)
    {
        lock (_gate)
            _elapsed += span;
    }

    /// <summary>Sets the wall clock, as people and time servers do.</summary>
    public void Step(TimeSpan by)
    {
        lock (_gate)
            _set += by;
    }

    public override async Task DelayAsync(TimeSpan pause, CancellationToken cancellation)
    {
        // Not quite none, or two trackers that wait for each other would take all of a core.
        await Task.Delay(1, cancellation);
        lock (_gate)
        {
            _pauses.Add(pause);
            _elapsed += pause;
        }
    }
}
