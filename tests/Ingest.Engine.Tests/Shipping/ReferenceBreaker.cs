namespace Ingest.Engine.Tests;

/// <summary>
/// What a breaker must do, said a second time and simply; jitter leaves it a span of time in which either state is
/// right.
/// </summary>
internal sealed class ReferenceBreaker(Limits limits)
{
    private int _failures;
    private int _openings;
    private TimeSpan _earliest;
    private TimeSpan _latest;

    public BreakerState State { get; private set; }

    /// <summary>
    /// Follows a shipper that was just asked, and judges whether it was allowed to go half open, or to stay open.
    /// </summary>
    public void Follow(BreakerState seen, TimeSpan time)
    {
        if (State == BreakerState.Open && seen == BreakerState.HalfOpen)
        {
            Assert.True(time >= _earliest, $"half open at {time}, before {_earliest}");
            State = BreakerState.HalfOpen;
        }

        Assert.Equal(State, seen);
        Assert.False(State == BreakerState.Open && time >= _latest, $"still open at {time}, after {_latest}");
    }

    public void Ended(ShipResult result, BreakerState startedIn, TimeSpan time)
    {
        var counts = State == BreakerState.Closed || (State == BreakerState.HalfOpen && startedIn == BreakerState.HalfOpen);
        if (!counts)
            return;
        if (result.Outcome is ShipOutcome.Confirmed or ShipOutcome.NotConfirmed)
            (State, _failures, _openings) = (BreakerState.Closed, 0, 0);
        else if (result.IsDestinationFault && (State == BreakerState.HalfOpen || ++_failures >= limits.BreakerFailures))
        {
            var isSlow = result.Outcome is ShipOutcome.Denied or ShipOutcome.Missing or ShipOutcome.Rejected;
            var ceiling = Backoff.Ceiling(isSlow ? int.MaxValue : ++_openings, limits.RetryPauseMin, limits.RetryPauseMax);
            if (isSlow)
                _openings++;
            (State, _earliest, _latest) = (BreakerState.Open, time + ceiling / 2, time + ceiling);
        }
    }
}
