using System.Globalization;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>A region and its bridge, for a person.</summary>
internal static class RegionView
{
    /// <summary>Age of the oldest event from which on somebody must look: three quarters of the dedupe window.</summary>
    private static readonly TimeSpan AgeMax = 0.75 * new Limits().DedupeAgeMax;

    private static Instant Now => Instant.From(TimeProvider.System.GetUtcNow());

    /// <summary>What it is and does.</summary>
    public static IEnumerable<string> Lines(RegionReport region)
    {
        yield return $"Region   {region.Name}, {(region.Role == RegionRole.Receiver ? $"receiver of {region.Primary}" : "primary")}"
            + (region.PromotedAt is { } promoted ? $", promoted {promoted}" : "")
            + (region.TakesRelays ? ", takes relays" : "");
        if (region.Bridge is not { } bridge || (region.Role == RegionRole.Primary && bridge is { Objects: 0, DeliveredObjects: 0 }))
            yield break;
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"Bridge   {bridge.Objects:N0} objects wait ({bridge.Bytes / 1024.0:N0} KiB){(bridge.OldestHour is { } oldest ? $", oldest of {oldest}, {(Now - (bridge.OldestReceived ?? Now)).TotalHours:0.0} h ago" : "")}; pace {bridge.BytesPerSecond / 1024:N0} KiB/s; last delivered {bridge.LastDelivered?.ToString() ?? "none yet"}");
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"         {bridge.DeliveredObjects:N0} objects since the start: {bridge.Accepted:N0} events accepted, {bridge.Quarantined:N0} quarantined, {bridge.Duplicates:N0} duplicates");
    }

    /// <summary>What needs a look.</summary>
    public static IEnumerable<string> Troubles(RegionReport region)
    {
        if (region.Bridge is not { } bridge)
            yield break;
        if (bridge.Failure is { } failure)
            yield return $"Nothing is relayed to {bridge.DeliversTo} since {bridge.FailingSince}: {failure}";
        if (bridge.OldestReceived is { } oldest && Now - oldest is var age && age > AgeMax)
            yield return string.Create(CultureInfo.InvariantCulture, $"Events wait to be relayed since {oldest.Hour}, {age.TotalHours:0} h: after {new Limits().DedupeAgeMax.TotalHours:0} h the primary may have forgotten those that their clients also sent there.");
        foreach (var rest in bridge.SetAside)
            yield return $"Needs a person: {rest}";
    }
}
