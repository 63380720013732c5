namespace Ingest.Engine;

/// <summary>Whether a destination is believed to work.</summary>
public enum BreakerState
{
    /// <summary>It works: puts go out as usual.</summary>
    Closed,

    /// <summary>It failed again and again: no put goes out until a pause is over.</summary>
    Open,

    /// <summary>The pause is over: one put at a time goes out as a probe.</summary>
    HalfOpen,
}

/// <summary>
/// The breaker of one destination. <see cref="Limits.BreakerFailures"/> failures in a row open it; after a pause one
/// probe at a time may go; a probe's success closes it, its failure opens it again for longer, up to <see
/// cref="Limits.RetryPauseMax"/>. Results of puts that started before it opened say nothing new and change nothing.
/// </summary>
/// <remarks>Times are those of an <see cref="ElapsedClock"/>.</remarks>
internal sealed class Breaker(Limits limits, Random random)
{
    private int _failuresInARow;
    private int _openingsInARow;
    private bool _probing;

    public BreakerState State { get; private set; }

    /// <summary>When an open breaker lets a probe through.</summary>
    public TimeSpan OpenUntil { get; private set; }

    /// <summary>True where a probe may start now.</summary>
    public bool WantsProbe => State == BreakerState.HalfOpen && !_probing;

    /// <summary>Lets time pass.</summary>
    public void Advance(TimeSpan time)
    {
        if (State == BreakerState.Open && time >= OpenUntil)
            State = BreakerState.HalfOpen;
    }

    public void StartProbe() => _probing = true;

    /// <summary>The lake took an object.</summary>
    public void Succeeded(bool probe)
    {
        if (State != BreakerState.Closed && !probe)
            return;
        State = BreakerState.Closed;
        _failuresInARow = 0;
        _openingsInARow = 0;
        _probing = false;
    }

    /// <summary>
    /// A put failed for a reason that concerns the destination (<see cref="ShipResult.IsDestinationFault"/>).
    /// </summary>
    public void Failed(ShipOutcome outcome, bool probe, TimeSpan time)
    {
        if (State == BreakerState.Closed ? ++_failuresInARow >= limits.BreakerFailures : probe)
            Open(outcome, time);
    }

    /// <summary>A put ended without a word about the destination.</summary>
    public void LearnedNothing(bool probe)
    {
        if (probe)
            _probing = false;
    }

    private void Open(ShipOutcome outcome, TimeSpan time)
    {
        State = BreakerState.Open;
        _probing = false;
        _openingsInARow++;
        // What a person must mend is not mended within milliseconds: probe at the slow end from the start.
        var ceiling = outcome is ShipOutcome.Denied or ShipOutcome.Missing or ShipOutcome.Rejected
            ? limits.RetryPauseMax
            : Backoff.Ceiling(_openingsInARow, limits.RetryPauseMin, limits.RetryPauseMax);
        OpenUntil = time + Backoff.HalfJitter(ceiling, random);
    }
}
