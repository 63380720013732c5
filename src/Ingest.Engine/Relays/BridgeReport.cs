namespace Ingest.Engine;

/// <summary>What an operator sees of a bridge.</summary>
/// <param name="DeliversTo">Where to.</param>
/// <param name="Objects">Relay objects in the lake, as of the last listing.</param>
/// <param name="Bytes">Their length.</param>
/// <param name="OldestHour">Hour of the oldest, such as <c>2026-11-21T20Z</c>; null when there is none.</param>
/// <param name="BytesPerSecond">The present pace, in bytes of lines.</param>
/// <param name="LastDelivered">When the primary last confirmed an object; null before the first.</param>
/// <param name="Failure">Why nothing is delivered now; null when it is.</param>
/// <param name="FailingSince">When the first of the failures on end was seen; null when there is none.</param>
/// <param name="DeliveredObjects">Objects since the start of the bridge.</param>
/// <param name="Accepted">Of their events: new and valid.</param>
/// <param name="Quarantined">New and invalid.</param>
/// <param name="Duplicates">At the primary before.</param>
/// <param name="SetAside">Objects and sources that rest, and why: a person must look.</param>
/// <param name="OldestReceived">When the oldest event that waits may have been received: the start of that hour; null when none waits.</param>
public sealed record BridgeReport(
    string DeliversTo,
    long Objects,
    long Bytes,
    string? OldestHour,
    long BytesPerSecond,
    Instant? LastDelivered,
    string? Failure,
    Instant? FailingSince,
    long DeliveredObjects,
    long Accepted,
    long Quarantined,
    long Duplicates,
    IReadOnlyList<string> SetAside,
    Instant? OldestReceived = null);
