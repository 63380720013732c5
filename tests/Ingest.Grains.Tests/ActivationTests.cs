using Ingest.Engine;

namespace Ingest.Grains.Tests;

/// <summary>A partition is in memory while it has something to do, and no longer.</summary>
public sealed class ActivationTests
{
    private static readonly PartitionId Shop = new("shop", 0);
    private static readonly ClusterSetup Restless = new()
    {
        Hosting = new ClusterSetup().Hosting with { IdleAge = TimeSpan.FromMilliseconds(500) },
    };

    [Fact]
    public async Task A_quiet_partition_leaves_memory_with_nothing_open_and_comes_back_with_its_ids()
    {
        await using var cluster = await IngestCluster.StartAsync(Restless);
        await cluster.Silos[0].SendAsync("shop", "a");
        await IngestCluster.UntilAsync(() => cluster.HostOf(Shop) is null && cluster.Silos.Sum(silo => silo.Partitions.Count) == 0);
        var status = await cluster.OpenJournal().ReadStatusAsync(CancellationToken.None);
        Assert.Equal(0, status.Unsealed);

        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Duplicates: 1), await cluster.Silos[1].SendAsync("shop", "a"));
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await cluster.Silos[2].SendAsync("shop", "b"));
        await cluster.AssertOnceInLakeAsync(["a", "b"]);
    }

    [Fact]
    public async Task A_partition_stays_as_long_as_a_batch_is_open()
    {
        await using var cluster = await IngestCluster.StartAsync(Restless);
        foreach (var silo in cluster.Silos)
            silo.Journal.RefusesSeals = true;
        await cluster.Silos[0].SendAsync("shop", "a");
        var host = cluster.HostOf(Shop)!;
        await cluster.Silos[0].SendAsync("blog", "b");
        var reads = host.Journal.PartitionReads;
        // Longer than it takes the clock to wake it often after its idle age.
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.Equal(host, cluster.HostOf(Shop));
        Assert.Equal(reads, host.Journal.PartitionReads);

        foreach (var silo in cluster.Silos)
            silo.Journal.RefusesSeals = false;
        await cluster.AssertOnceInLakeAsync(["a", "b"]);
        await IngestCluster.UntilAsync(() => cluster.HostOf(Shop) is null);
    }

    [Fact]
    public async Task A_partition_that_was_only_ever_refused_leaves_memory_too()
    {
        await using var cluster = await IngestCluster.StartAsync(Restless with { Grains = ClusterSetup.Patient with { RemoteCallsMax = 0 } });
        await cluster.Silos[0].SendAsync("shop", "a");
        Assert.Equal(1, cluster.Silos.Sum(silo => silo.Partitions.Count));
        await IngestCluster.UntilAsync(() => cluster.HostOf(Shop) is null && cluster.Silos.Sum(silo => silo.Partitions.Count) == 0);
    }

    [Fact]
    public async Task A_key_that_names_no_partition_is_refused()
    {
        await using var cluster = await IngestCluster.StartAsync(new() { Silos = 1 });
        var grain = cluster.Silos[0].Grains.GetGrain<IPartitionGrain>("shop/x");
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => grain.WakeAsync());
        Assert.Contains("shop/x names no partition", refused.Message, StringComparison.Ordinal);
    }
}
