namespace Ingest.Engine;

/// <summary>
/// Time that never runs backwards and never leaps, made of a wall clock that may do both. A step back counts as no time
/// at all, a step forward as <paramref name="stepMax"/> at most; from there on time passes as usual, so a pause of at
/// most <paramref name="stepMax"/> ends whatever happened to the wall clock.
/// </summary>
internal sealed class ElapsedClock(TimeSpan stepMax)
{
    private Instant? _last;
    private TimeSpan _elapsed;

    /// <summary>Time since the first reading.</summary>
    public TimeSpan Read(Instant now)
    {
        var step = now - (_last ?? now);
        _last = now;
        _elapsed += step < TimeSpan.Zero ? TimeSpan.Zero : step > stepMax ? stepMax : step;
        return _elapsed;
    }
}
