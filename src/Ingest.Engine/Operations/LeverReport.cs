namespace Ingest.Engine;

/// <summary>What an operator sees of the lever that divides traffic among regions.</summary>
/// <param name="Lever">Provider and place, for people.</param>
/// <param name="Region">The region that says so.</param>
/// <param name="IsAutomatic">Whether its watcher moves the lever by itself.</param>
/// <param name="Weights">The present weights in percent, by region; null when the lever cannot be read.</param>
/// <param name="Normal">The weights while all is well.</param>
/// <param name="Health">Each region as the provider's own checks see it: <c>up</c>, <c>down</c> or <c>unknown</c>; null when it cannot be read.</param>
/// <param name="Says">What the watcher makes of it, one sentence.</param>
/// <param name="Since">Since when; null before the first look.</param>
public sealed record LeverReport(
    string Lever,
    string Region,
    bool IsAutomatic,
    IReadOnlyDictionary<string, int>? Weights,
    IReadOnlyDictionary<string, int> Normal,
    IReadOnlyDictionary<string, string>? Health,
    string Says,
    Instant? Since);
