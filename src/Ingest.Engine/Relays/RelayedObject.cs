namespace Ingest.Engine;

/// <summary>A relay object that a primary took whole: kept, so that a lost answer repeats harmlessly whatever the dedupe window.</summary>
/// <param name="Region">The region that relayed it.</param>
/// <param name="Key">Its key there.</param>
/// <param name="Sha256">SHA-256 of its bytes, 64 lower-case hexadecimal digits: with others it is another object.</param>
/// <param name="DeliveredAt">When its last event was durable.</param>
public sealed record RelayedObject(string Region, string Key, string Sha256, Instant DeliveredAt);
