namespace Ingest.Engine;

/// <summary>What a <see cref="Shipper"/> wants its host to do: one of the nested types.</summary>
public abstract record ShipStep
{
    private ShipStep()
    {
    }

    /// <summary>
    /// Start to ship a batch (<see cref="ShipWorker"/>), report its end with <see cref="Shipper.Ended"/>, and ask on at
    /// once.
    /// </summary>
    /// <param name="Batch">The batch.</param>
    /// <param name="Attempt">1 for the first try since the batch came to hand.</param>
    /// <param name="Stored">
    /// Not null where the lake is known to have the object: only the journal is to be told.
    /// </param>
    public sealed record Ship(Batch Batch, int Attempt, ShippedObject? Stored) : ShipStep;

    /// <summary>
    /// Start <see cref="IJournal.ReadPendingAsync"/> with these arguments, report with <see cref="Shipper.Offer"/> or
    /// <see cref="Shipper.OfferFailed"/>, and ask on at once.
    /// </summary>
    /// <param name="Limit">Most batches to read, at least 1.</param>
    /// <param name="Without">Batches to leave out; does not change any more.</param>
    public sealed record Refill(int Limit, IReadOnlySet<BatchId> Without) : ShipStep;

    /// <summary>Nothing to start now: ask again after this time, or earlier when something was reported.</summary>
    /// <param name="Pause">
    /// 1 ms to <see cref="Limits.RetryPauseMax"/>. A duration, so that a clock that steps cannot stretch it.
    /// </param>
    public sealed record Wait(TimeSpan Pause) : ShipStep;

    /// <summary>Nothing to start until something is reported.</summary>
    public sealed record Idle : ShipStep
    {
        public static Idle Instance { get; } = new();
    }
}
