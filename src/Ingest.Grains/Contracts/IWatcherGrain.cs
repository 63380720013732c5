using Ingest.Engine;
using Orleans.Concurrency;

namespace Ingest.Grains;

/// <summary>The region's watcher; its key is 0. One activation in the cluster, woken by a reminder.</summary>
[Alias("ingest.watcher")]
public interface IWatcherGrain : IGrainWithIntegerKey
{
    /// <summary>Sees to it that the other region is watched, and that the reminder is there.</summary>
    [Alias("ensure")]
    Task EnsureAsync();

    /// <summary>What it sees.</summary>
    [AlwaysInterleave, Alias("report")]
    Task<LeverState> ReportAsync();
}

/// <summary>What the watcher sees. Fields as in <see cref="LeverReport"/>.</summary>
[GenerateSerializer, Immutable, Alias("ingest.lever-state")]
public sealed record LeverState(
    [property: Id(0)] string Lever,
    [property: Id(1)] string Region,
    [property: Id(2)] bool IsAutomatic,
    [property: Id(3)] Dictionary<string, int>? Weights,
    [property: Id(4)] Dictionary<string, int> Normal,
    [property: Id(5)] Dictionary<string, string>? Health,
    [property: Id(6)] string Says,
    [property: Id(7)] long? Since,
    [property: Id(8)] string? Automatic)
{
    /// <param name="report">What an operator sees.</param>
    /// <param name="automatic">The setting that the watcher made and that stands; null where there is none.</param>
    public static LeverState Of(LeverReport report, string? automatic) => new(
        report.Lever,
        report.Region,
        report.IsAutomatic,
        Copy(report.Weights),
        Copy(report.Normal)!,
        Copy(report.Health),
        report.Says,
        report.Since?.UnixMilliseconds,
        automatic);

    public LeverReport ToReport() => new(
        Lever, Region, IsAutomatic, Weights, Normal, Health, Says, Since is { } since ? new Instant(since) : null);

    private static Dictionary<string, T>? Copy<T>(IReadOnlyDictionary<string, T>? from) =>
        from is null ? null : new Dictionary<string, T>(from, StringComparer.Ordinal);
}
