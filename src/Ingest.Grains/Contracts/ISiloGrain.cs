using Ingest.Engine;
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
    [property: Id(4)] bool IsLeaving,
    [property: Id(5)] SpillState? Spill);

/// <summary>What a silo says of its spill. Fields as in <see cref="Engine.SpillReport"/>.</summary>
[GenerateSerializer, Immutable, Alias("ingest.spill-state")]
public sealed record SpillState(
    [property: Id(0)] long Events,
    [property: Id(1)] long Bytes,
    [property: Id(2)] long BytesMax,
    [property: Id(3)] long? OldestReceived,
    [property: Id(4)] long Drained,
    [property: Id(5)] long SetAside,
    [property: Id(6)] string? JournalAway)
{
    public static SpillState Of(SpillReport report) => new(
        report.Events,
        report.Bytes,
        report.BytesMax,
        report.OldestReceived?.UnixMilliseconds,
        report.Drained,
        report.SetAside,
        report.JournalAway);

    public SpillReport ToReport() => new(
        Events, Bytes, BytesMax, OldestReceived is { } oldest ? new Instant(oldest) : null, Drained, SetAside, JournalAway);
}
