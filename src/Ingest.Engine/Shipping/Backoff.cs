namespace Ingest.Engine;

/// <summary>How long to pause before the next try: doubling, capped, jittered, for any number of failures.</summary>
public static class Backoff
{
    // 2^62 is the largest power of two that a tick count can be multiplied by without touching the sign bit.
    private const int DoublingsMax = 62;

    /// <summary>
    /// Longest pause after so many failures in a row: <c>min · 2^(failures − 1)</c>, at most <paramref name="max"/>.
    /// </summary>
    /// <param name="failures">Failures in a row, from 1 to <see cref="int.MaxValue"/>.</param>
    /// <param name="min">Longest pause after the first failure; above zero.</param>
    /// <param name="max">Longest pause ever; at least <paramref name="min"/>.</param>
    public static TimeSpan Ceiling(int failures, TimeSpan min, TimeSpan max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(min, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, min);
        var doublings = Math.Min(failures - 1, DoublingsMax);
        // Shifting the cap down instead of the pause up: nothing here can overflow.
        return min.Ticks > max.Ticks >> doublings ? max : new TimeSpan(min.Ticks << doublings);
    }

    /// <summary>
    /// Whole milliseconds, evenly from zero to <paramref name="ceiling"/>: spreads many retries best.
    /// </summary>
    public static TimeSpan FullJitter(TimeSpan ceiling, Random random) =>
        TimeSpan.FromMilliseconds(random.NextInt64(Milliseconds(ceiling) + 1));

    /// <summary>
    /// Whole milliseconds, evenly from half of <paramref name="ceiling"/> (rounded up) to all of it: for pauses that
    /// must not vanish by chance, such as a breaker's.
    /// </summary>
    public static TimeSpan HalfJitter(TimeSpan ceiling, Random random)
    {
        var longest = Milliseconds(ceiling);
        return TimeSpan.FromMilliseconds(random.NextInt64(longest - longest / 2, longest + 1));
    }

    private static long Milliseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMillisecond;
}
