using Ingest.Engine;

namespace Ingest.Grains.Tests;

/// <summary>What every process has forgotten is taken up by a reminder.</summary>
public sealed class RecoveryTests
{
    private static readonly string[] Ids = ["a", "b", "c"];

    private static readonly ClusterSetup Setup = new()
    {
        Silos = 2,
        Sources = new Dictionary<string, int>(StringComparer.Ordinal) { ["shop"] = 4, ["blog"] = 1 },
        Hosting = new ClusterSetup().Hosting with { UnsealedPeriod = TimeSpan.FromSeconds(1) },
        Grains = ClusterSetup.Patient with { ReminderPeriod = TimeSpan.FromSeconds(2) },
    };

    [Fact]
    public async Task Batches_that_nobody_remembers_are_shipped()
    {
        await using var cluster = await IngestCluster.StartAsync(Setup);
        cluster.Lake.IsReachable = false;
        await cluster.Silos[0].SendAsync("shop", Ids);
        await cluster.Silos[1].SendAsync("blog", "x");
        await IngestCluster.UntilAsync(async () => await StatusAsync(cluster) is { Unsealed: 0, Pending: 4 });
        await LoseEverySiloAsync(cluster);

        cluster.Lake.IsReachable = true;
        await cluster.AddSiloAsync();
        await cluster.AssertOnceInLakeAsync([.. Ids, "x"]);
    }

    [Fact]
    public async Task Blocks_of_partitions_that_nobody_sends_to_are_sealed_and_shipped()
    {
        await using var cluster = await IngestCluster.StartAsync(Setup);
        foreach (var silo in cluster.Silos)
            silo.Journal.RefusesSeals = true;
        await cluster.Silos[0].SendAsync("shop", Ids);
        await cluster.Silos[1].SendAsync("blog", "x");
        Assert.Equal(4, (await StatusAsync(cluster)).Unsealed);
        await LoseEverySiloAsync(cluster);

        await cluster.AddSiloAsync();
        await cluster.AssertOnceInLakeAsync([.. Ids, "x"]);
    }

    [Fact]
    public async Task Blocks_that_a_partition_in_memory_does_not_know_are_sealed_and_shipped()
    {
        await using var cluster = await IngestCluster.StartAsync(Setup with { Silos = 1 });
        var id = new PartitionId("blog", 0);
        await cluster.Silos[0].SendAsync("blog", "a");
        await cluster.UntilShippedAsync();
        Assert.NotNull(cluster.HostOf(id));

        // What an instance wrote that was given up: nobody here has heard of it.
        var journal = cluster.OpenJournal();
        var late = new Partition(
            id, 1, new Limits(), () => new TestKit.AcceptAll(), await journal.ReadPartitionAsync(id, 10, default, CancellationToken.None), Now, [], seed: 1);
        using var batch = TestKit.TestEvents.Batch("b");
        late.Offer(batch, 1, Now, new Unread());
        await journal.AppendAsync(late.BeginAppend()!.Encode(), CancellationToken.None);

        await cluster.AssertOnceInLakeAsync(["a", "b"]);
    }

    [Fact]
    public async Task A_silo_that_starts_leaves_the_reminders_of_lanes_as_they_are()
    {
        await using var cluster = await IngestCluster.StartAsync(Setup with { Silos = 1, Grains = ClusterSetup.Patient });
        await IngestCluster.UntilAsync(() => cluster.Calls.Of("IShipperGrain.EnsureAsync") >= GrainOptions.Lanes && cluster.Reminders.Writes > GrainOptions.Lanes);
        var (calls, writes) = (cluster.Calls.Of("IShipperGrain.EnsureAsync"), cluster.Reminders.Writes);
        await cluster.AddSiloAsync();
        await IngestCluster.UntilAsync(() => cluster.Calls.Of("IShipperGrain.EnsureAsync") >= calls + GrainOptions.Lanes);
        Assert.Equal(writes, cluster.Reminders.Writes);
    }

    [Fact]
    public async Task Partitions_that_cannot_be_woken_keep_no_other_from_it()
    {
        // One round of each lane must find them all; those whose calls fail are activated by them all the same. A second and a
        // third are there for calls that fail because the silo has only just started; a round that ends at its first failure
        // would need more of them than there is patience for.
        var period = TimeSpan.FromMinutes(2);
        var rarely = Setup with
        {
            Silos = 1,
            Sources = new Dictionary<string, int>(StringComparer.Ordinal) { ["shop"] = 64 },
            Hosting = Setup.Hosting with { UnsealedPeriod = period },
            Grains = Setup.Grains with { WakesMax = 1 },
        };
        await using var cluster = await IngestCluster.StartAsync(rarely);
        cluster.Silos[0].Journal.RefusesSeals = true;
        string[] ids = [.. Enumerable.Range(0, 500).Select(i => $"{i}")];
        await cluster.Silos[0].SendAsync("shop", ids);
        await LoseEverySiloAsync(cluster);

        cluster.Calls.Fails = call => call.InterfaceMethod.Name == nameof(IPartitionGrain.WakeAsync) && call.TargetId.GetUniformHashCode() % 2 == 0;
        await cluster.AddSiloAsync();
        await cluster.AssertOnceInLakeAsync(ids, patience: 2.5 * period);
    }

    [Fact]
    public async Task A_lane_whose_shipper_failed_begins_anew()
    {
        await using var cluster = await IngestCluster.StartAsync(Setup with { Silos = 1 });
        cluster.Silos[0].Journal.ExceedsLimits = true;
        await cluster.Silos[0].SendAsync("blog", "a");
        await IngestCluster.UntilAsync(() => cluster.Silos[0].Journal.Excesses > 0);
        cluster.Silos[0].Journal.ExceedsLimits = false;
        await cluster.AssertOnceInLakeAsync(["a"]);
    }

    private static Instant Now => Instant.From(TimeProvider.System.GetUtcNow());

    /// <summary>Ends all silos once the lanes have their reminders. Silos that start later start no lane by themselves.</summary>
    private static async Task LoseEverySiloAsync(IngestCluster cluster)
    {
        // Others have reminders, too: each lane must have its own.
        await IngestCluster.UntilAsync(() => cluster.Reminders.Of("ingest.shipper") == GrainOptions.Lanes);
        cluster.StartsLanes = false;
        foreach (var silo in cluster.Silos)
            await cluster.KillAsync(silo);
    }

    private static async Task<JournalStatus> StatusAsync(IngestCluster cluster) =>
        await cluster.OpenJournal().ReadStatusAsync(CancellationToken.None);

    private sealed class Unread : Receipt
    {
        public override void Complete(in IntakeResult result)
        {
            // Nobody waits.
        }
    }
}
