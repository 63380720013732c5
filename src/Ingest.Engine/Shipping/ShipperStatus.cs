namespace Ingest.Engine;

/// <summary>What an operator sees of a shipper. Times are the host's wall clock.</summary>
/// <param name="Breaker">Whether the destination is believed to work.</param>
/// <param name="BreakerSince">Since when; null before the first change.</param>
/// <param name="LastSuccess">When the lake last took an object; null before the first.</param>
/// <param name="LastFailure">The last failure of any kind; stays after a success. Null before the first.</param>
/// <param name="InHand">Batches in memory, those in flight and set aside included.</param>
/// <param name="InFlight">Batches being shipped now.</param>
/// <param name="Concurrency">
/// Batches that may be in flight at once now, below <see cref="Limits.ShipConcurrency"/> after throttling.
/// </param>
/// <param name="SetAside">
/// Batches that need a person, oldest first. They stay in the journal and are tried for ever.
/// </param>
public sealed record ShipperStatus(
    BreakerState Breaker,
    Instant? BreakerSince,
    Instant? LastSuccess,
    ShipFailure? LastFailure,
    int InHand,
    int InFlight,
    int Concurrency,
    IReadOnlyList<SetAsideBatch> SetAside);

/// <summary>A failure.</summary>
/// <param name="At">When it was reported.</param>
/// <param name="Batch">Which batch; null where the journal could not list what is pending.</param>
/// <param name="Outcome">What failed.</param>
/// <param name="Detail">What the lake or the journal said.</param>
public sealed record ShipFailure(Instant At, BatchId? Batch, ShipOutcome Outcome, string? Detail);

/// <summary>A batch that fails for reasons of its own, while others ship.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Since">When it was set aside.</param>
/// <param name="Failures">Failed tries since it came to hand.</param>
/// <param name="Outcome">How the last try ended.</param>
/// <param name="Detail">What the lake or the journal said of it.</param>
public sealed record SetAsideBatch(Batch Batch, Instant Since, int Failures, ShipOutcome Outcome, string? Detail);
