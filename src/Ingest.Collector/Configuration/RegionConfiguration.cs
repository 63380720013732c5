namespace Ingest.Collector;

/// <summary>The section <c>region</c> of <c>ingest.json</c>, as it stands there; the command line comes first.</summary>
/// <param name="Name">The region's name.</param>
/// <param name="Role"><c>primary</c> or <c>receiver</c>.</param>
/// <param name="Primary">URL of the primary, for a receiver.</param>
/// <param name="RelayKey">File of the key that both share.</param>
public sealed record RegionConfiguration(
    string? Name = null, string? Role = null, string? Primary = null, string? RelayKey = null);
