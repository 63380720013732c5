using Ingest.Engine;
using Orleans.Concurrency;

namespace Ingest.Grains;

/// <summary>Delivers what this region relays; its key is 0. One activation in the cluster, woken by a reminder.</summary>
[Alias("ingest.bridge")]
public interface IBridgeGrain : IGrainWithIntegerKey
{
    /// <summary>Sees to it that the bridge delivers, and that its reminder is there.</summary>
    [Alias("ensure")]
    Task EnsureAsync();

    /// <summary>What an operator sees of it; null before its first turn.</summary>
    [AlwaysInterleave, Alias("report")]
    Task<BridgeState?> ReportAsync();
}

/// <summary>What an operator sees of the bridge. Fields as in <see cref="BridgeReport"/>.</summary>
[GenerateSerializer, Immutable, Alias("ingest.bridge-state")]
public sealed record BridgeState(
    [property: Id(0)] string DeliversTo,
    [property: Id(1)] long Objects,
    [property: Id(2)] long Bytes,
    [property: Id(3)] string? OldestHour,
    [property: Id(4)] long BytesPerSecond,
    [property: Id(5)] long? LastDelivered,
    [property: Id(6)] string? Failure,
    [property: Id(7)] long? FailingSince,
    [property: Id(8)] long DeliveredObjects,
    [property: Id(9)] long Accepted,
    [property: Id(10)] long Quarantined,
    [property: Id(11)] long Duplicates,
    [property: Id(12)] List<string> SetAside,
    [property: Id(13)] long? OldestReceived)
{
    public static BridgeState Of(BridgeReport report) => new(
        report.DeliversTo,
        report.Objects,
        report.Bytes,
        report.OldestHour,
        report.BytesPerSecond,
        report.LastDelivered?.UnixMilliseconds,
        report.Failure,
        report.FailingSince?.UnixMilliseconds,
        report.DeliveredObjects,
        report.Accepted,
        report.Quarantined,
        report.Duplicates,
        [.. report.SetAside],
        report.OldestReceived?.UnixMilliseconds);

    public BridgeReport ToReport() => new(
        DeliversTo,
        Objects,
        Bytes,
        OldestHour,
        BytesPerSecond,
        InstantOf(LastDelivered),
        Failure,
        InstantOf(FailingSince),
        DeliveredObjects,
        Accepted,
        Quarantined,
        Duplicates,
        SetAside,
        InstantOf(OldestReceived));

    private static Instant? InstantOf(long? unixMilliseconds) => unixMilliseconds is { } value ? new Instant(value) : null;
}
