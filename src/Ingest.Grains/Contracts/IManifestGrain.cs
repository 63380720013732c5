using Ingest.Engine;
using Orleans.Concurrency;

namespace Ingest.Grains;

/// <summary>Closes hours and writes their manifests; its key is 0. One activation in the cluster, woken by a reminder.</summary>
[Alias("ingest.manifests")]
public interface IManifestGrain : IGrainWithIntegerKey
{
    /// <summary>Sees to it that manifests are written, and that its reminder is there.</summary>
    [Alias("ensure")]
    Task EnsureAsync();

    /// <summary>What an operator sees of it.</summary>
    [AlwaysInterleave, Alias("report")]
    Task<ManifestState> ReportAsync();
}

/// <summary>What an operator sees of the manifests. Fields as in <see cref="ManifestReport"/>.</summary>
[GenerateSerializer, Immutable, Alias("ingest.manifest-state")]
public sealed record ManifestState(
    [property: Id(0)] string? LastHour,
    [property: Id(1)] string? WaitsFor,
    [property: Id(2)] string? Failure,
    [property: Id(3)] long? FailingSince);
