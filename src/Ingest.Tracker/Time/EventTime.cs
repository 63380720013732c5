namespace Ingest.Tracker;

/// <summary>When an event was recorded, by both clocks. Times in Unix milliseconds.</summary>
/// <param name="OccurredAt">When it happened, by the wall clock of the time at which it was recorded.</param>
/// <param name="RecordedAt">The wall clock when it was recorded.</param>
/// <param name="Epoch">What <paramref name="Elapsed"/> counts from; null where that is not known.</param>
/// <param name="Elapsed">The clock that nobody sets when it was recorded, in milliseconds.</param>
internal readonly record struct EventTime(long OccurredAt, long RecordedAt, string? Epoch, long Elapsed)
{
    /// <summary>Difference of the two clocks that is taken for drift: time servers slew clocks by less, and step them by more.</summary>
    private const long DriftMax = 1_000;

    /// <summary>2020-01-01: a wall clock that says less was never set.</summary>
    private const long ClockWasSet = 1_577_836_800_000;

    public static EventTime Now(TrackerClock clock, DateTimeOffset? occurredAt)
    {
        var now = clock.UtcNow.ToUnixTimeMilliseconds();
        return new EventTime(occurredAt?.ToUnixTimeMilliseconds() ?? now, now, clock.Epoch, Milliseconds(clock.Elapsed));
    }

    /// <summary>
    /// The time of sending by the wall clock as it was when the event was recorded, so that the time between the two is
    /// right also where that clock was set in between.
    /// </summary>
    /// <remarks>
    /// A wall clock that is ahead of the other was either set right, or went on while a virtual machine was suspended. The
    /// two look the same here; the first is believed, since the other mistake could be of years, and make events too old.
    /// </remarks>
    public long SentAt(TrackerClock clock)
    {
        var now = clock.UtcNow.ToUnixTimeMilliseconds();
        if (Epoch is null || Epoch != clock.Epoch)
            return now;
        var unset = RecordedAt + Milliseconds(clock.Elapsed) - Elapsed;
        return Math.Abs(unset - now) <= DriftMax ? now : unset;
    }

    /// <summary>How long ago it was recorded. Zero where the wall clock cannot tell.</summary>
    public TimeSpan Age(TrackerClock clock) => TimeSpan.FromMilliseconds(
        RecordedAt < ClockWasSet && Epoch != clock.Epoch ? 0 : Math.Max(0, SentAt(clock) - RecordedAt));

    private static long Milliseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMillisecond;
}
