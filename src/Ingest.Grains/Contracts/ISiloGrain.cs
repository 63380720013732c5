using Orleans.Concurrency;

namespace Ingest.Grains;

/// <summary>Speaks for one silo; its key is the silo's address, and it lives there.</summary>
[Alias("ingest.silo")]
public interface ISiloGrain : IGrainWithStringKey
{
    /// <summary>What an operator sees of the silo.</summary>
    [AlwaysInterleave, Alias("report")]
    Task<SiloState> ReportAsync();
}

/// <summary>What a silo says of itself. Fields as in <see cref="Engine.SiloReport"/>.</summary>
[GenerateSerializer, Immutable, Alias("ingest.silo-state")]
public sealed record SiloState(
    [property: Id(0)] string Roles,
    [property: Id(1)] string? NotReady,
    [property: Id(2)] int Partitions,
    [property: Id(3)] long DedupeIds,
    [property: Id(4)] bool IsLeaving);
