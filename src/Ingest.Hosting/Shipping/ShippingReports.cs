using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>Turns what a shipper knows of itself into what an operator reads.</summary>
public static class ShippingReports
{
    public static ShippingReport Describe(ShipperStatus shipper, string journalId) => new(
        shipper.Breaker switch
        {
            BreakerState.Closed => "closed",
            BreakerState.Open => "open",
            BreakerState.HalfOpen => "half-open",
            _ => throw new InvalidOperationException($"unknown state {shipper.Breaker}"),
        },
        shipper.BreakerSince,
        shipper.LastSuccess,
        shipper.LastFailure?.At,
        shipper.LastFailure?.Detail,
        shipper.InFlight,
        [
            .. shipper.SetAside.Select(aside =>
                $"{LakeLayout.KeyOf(aside.Batch, journalId)} ({aside.Batch.Events} events) since {aside.Since}: {aside.Outcome}: {aside.Detail}"),
        ]);
}
