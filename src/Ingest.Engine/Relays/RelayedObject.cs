namespace Ingest.Engine;

/// <summary>A relay object that a primary took whole: kept, so that a lost answer repeats harmlessly whatever the dedupe window.</summary>
/// <param name="Region">The region that relayed it.</param>
/// <param name="Key">Its key there.</param>
/// <param name="DeliveredAt">When its last event was durable.</param>
public sealed record RelayedObject(string Region, string Key, Instant DeliveredAt);
