using System.Diagnostics;
using System.Globalization;
using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Grains.Tests;

/// <summary>Very many sources that send next to nothing: what they cost, and that they cost nothing once they are quiet.</summary>
[Collection(nameof(AloneCollection))]
public sealed class TrickleTests
{
    private const int Sources = 10_000;
    private const int Clients = 100;

    [Fact]
    public async Task Ten_thousand_sources_that_trickle_stay_cheap_and_leave_memory()
    {
        string[] sources = [.. Enumerable.Range(0, Sources).Select(i => string.Create(CultureInfo.InvariantCulture, $"s{i}"))];
        await using var cluster = await IngestCluster.StartAsync(new()
        {
            Sources = sources.ToDictionary(source => source, _ => 1, StringComparer.Ordinal),
            Limits = new ClusterSetup().Limits with { SealAge = TimeSpan.FromSeconds(2) },
            Hosting = new ClusterSetup().Hosting with { IdleAge = TimeSpan.FromSeconds(2), TickPeriod = TimeSpan.FromMilliseconds(100) },
        });
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var began = Stopwatch.GetTimestamp();
        var next = -1;
        var peak = 0;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            for (var i = Interlocked.Increment(ref next); i < Sources; i = Interlocked.Increment(ref next))
            {
                var result = await cluster.Silos[i % cluster.Silos.Count].SendAsync(sources[i], $"event {i}");
                Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), result);
                if (i % 100 == 0)
                    peak = Math.Max(peak, cluster.Silos.Sum(silo => silo.Partitions.Count));
            }
        }));
        var sent = Stopwatch.GetElapsedTime(began);
        var full = GC.GetTotalMemory(forceFullCollection: true);
        var appends = cluster.Silos.Sum(silo => silo.Journal.Appends);
        Assert.InRange(appends, 1, Sources);

        await IngestCluster.UntilAsync(() => cluster.Silos.Sum(silo => silo.Partitions.Count) == 0);
        await cluster.UntilShippedAsync();
        var quiet = GC.GetTotalMemory(forceFullCollection: true);
        Progress.Measured(
            $"{Sources} events of {Sources} sources in {sent.TotalSeconds:0.0} s: {appends} appends, {cluster.Silos.Sum(silo => silo.Journal.PartitionReads)} loads, at most {peak} partitions in memory, " +
            $"{(full - before) >> 10} KiB more while sending, {(quiet - before) >> 10} KiB more once quiet (the journal and the lake in memory included), " +
            $"{Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s in all");
        Assert.Equal(Sources, (await cluster.ReadLakeAsync()).Distinct(StringComparer.Ordinal).Count());
    }
}
