using Ingest.Engine;

namespace Ingest.Grains.Tests;

/// <summary>The number of partitions rises while clients send and retry by the old one.</summary>
public sealed class SplitTests(ITestOutputHelper output)
{
    /// <summary>True where every silo knows these numbers.</summary>
    private static async Task<bool> KnowAsync(IngestCluster cluster, params (string Source, int Count)[] numbers)
    {
        foreach (var silo in cluster.Silos)
        {
            foreach (var (source, count) in numbers)
            {
                if (await silo.Counts.GetAsync(source) != count)
                    return false;
            }
        }

        return true;
    }

    private static ISourceCatalogueGrain CatalogueOf(IngestCluster cluster) => cluster.Silos[0].Grains.GetGrain<ISourceCatalogueGrain>(0);

    [Fact]
    public async Task Raised_under_load_every_event_is_stored_once_and_no_client_sees_an_error()
    {
        await using var cluster = await IngestCluster.StartAsync();
        var load = new Load("shop", () => cluster.Silos).Start(clients: 8);
        foreach (var count in new[] { 2, 4, 12 })
        {
            await load.UntilMoreAsync(50);
            Assert.Equal(count, (await CatalogueOf(cluster).RaiseAsync("shop", count, "a test")).Counts["shop"]);
        }

        await load.UntilMoreAsync(100);
        await load.StopAsync();
        output.WriteLine($"{load.Stored.Count} events");
        Assert.Empty(load.Errors);
        await cluster.AssertOnceInLakeAsync(load.Stored);
        // And they know what was stored before the split.
        foreach (var id in load.Stored.Take(20))
            Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Duplicates: 1), await cluster.Silos[0].SendAsync("shop", id));
    }

    [Fact]
    public async Task A_higher_number_in_the_configuration_is_put_in_force_everywhere()
    {
        await using var cluster = await IngestCluster.StartAsync(new() { Grains = ClusterSetup.Patient with { CountsPeriod = TimeSpan.FromMilliseconds(100) } });
        var load = new Load("shop", () => cluster.Silos).Start(clients: 4);
        await load.UntilMoreAsync(50);
        cluster.Configure(new Dictionary<string, int>(StringComparer.Ordinal) { ["shop"] = 3, ["blog"] = 1, ["news"] = 5 });
        await IngestCluster.UntilAsync(() => KnowAsync(cluster, ("shop", 3), ("news", 5)));
        await load.UntilMoreAsync(50);
        await load.StopAsync();
        Assert.Empty(load.Errors);
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 3), await cluster.Silos[1].SendAsync("news", "x", "y", "z"));
        await cluster.AssertOnceInLakeAsync([.. load.Stored, "x", "y", "z"]);
    }

    [Fact]
    public async Task A_new_source_of_several_partitions_takes_events_at_once_at_every_silo()
    {
        await using var cluster = await IngestCluster.StartAsync(new()
        {
            Hosting = new ClusterSetup().Hosting with { RouteTimeout = TimeSpan.FromSeconds(10) },
            Grains = ClusterSetup.Patient with { CountsPeriod = TimeSpan.FromHours(1) },
        });
        await IngestCluster.UntilAsync(() => KnowAsync(cluster, ("shop", 1)));
        // The other silos have not heard of these sources, and host most of the partitions that are offered one event each.
        string[] sources = [.. Enumerable.Range(0, 10).Select(i => $"s{i}")];
        cluster.Configure(sources.ToDictionary(source => source, _ => 8, StringComparer.Ordinal));
        Assert.All(
            await Task.WhenAll(sources.Select(source => cluster.Silos[0].SendAsync(source, source))),
            result => Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), result));
        Assert.NotEqual(10, cluster.Silos[0].Partitions.Count);
        await cluster.AssertOnceInLakeAsync(sources);
    }

    [Fact]
    public async Task A_source_whose_split_is_refused_keeps_no_other_from_being_known()
    {
        var sources = new Dictionary<string, int>(StringComparer.Ordinal) { ["shop"] = 600 };
        await using var cluster = await IngestCluster.StartAsync(new() { Sources = sources, Grains = ClusterSetup.Patient with { CountsPeriod = TimeSpan.FromMilliseconds(100) } });
        await IngestCluster.UntilAsync(() => KnowAsync(cluster, ("shop", 600)));
        // No multiple of 600 from 700 on is allowed.
        cluster.Configure(new Dictionary<string, int>(StringComparer.Ordinal) { ["shop"] = 700, ["zoo"] = 2 });
        await IngestCluster.UntilAsync(() => KnowAsync(cluster, ("zoo", 2), ("shop", 600)));
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await cluster.Silos[0].SendAsync("shop", "a"));
    }

    [Fact]
    public async Task Numbers_are_raised_to_the_next_possible_one_and_never_lowered()
    {
        await using var cluster = await IngestCluster.StartAsync(new() { Silos = 1 });
        await IngestCluster.UntilAsync(() => KnowAsync(cluster, ("shop", 1)));
        var catalogue = CatalogueOf(cluster);
        Assert.Equal(2, (await catalogue.RaiseAsync("shop", 2, "a test")).Counts["shop"]);
        Assert.Equal(4, (await catalogue.RaiseAsync("shop", 3, "a test")).Counts["shop"]);
        var again = await catalogue.RaiseAsync("shop", 4, "a test");
        Assert.Equal(4, again.Counts["shop"]);
        Assert.Equal(again.Version, (await catalogue.RaiseAsync("shop", 1, "a test")).Version);
        Assert.Equal(4, (await cluster.OpenJournal().ReadPartitionCountsAsync(CancellationToken.None))["shop"]);
    }

    [Theory]
    [InlineData("shop", 1025, "shop has 1 partitions, and a multiple of that from 1025 on is above 1024.")]
    [InlineData("shop", int.MaxValue, "shop has 1 partitions, and a multiple of that from 2147483647 on is above 1024.")]
    [InlineData("nobody", 2, "There is no source nobody.")]
    public async Task What_cannot_be_had_is_refused_with_the_reason(string source, int wanted, string reason)
    {
        await using var cluster = await IngestCluster.StartAsync(new() { Silos = 1 });
        await IngestCluster.UntilAsync(() => KnowAsync(cluster, ("shop", 1)));
        var refused = await Assert.ThrowsAsync<SplitRefusedException>(() => CatalogueOf(cluster).RaiseAsync(source, wanted, "a test"));
        Assert.Equal(reason, refused.Message);
    }

    [Fact]
    public async Task A_partition_under_pressure_doubles_its_source_up_to_a_bound_and_not_all_the_time()
    {
        await using var cluster = await IngestCluster.StartAsync(new()
        {
            Silos = 1,
            Grains = ClusterSetup.Patient with { AutomaticPartitionsMax = 4, AutomaticRaisePause = TimeSpan.Zero, CountsPeriod = TimeSpan.FromMilliseconds(50) },
            Sources = new Dictionary<string, int>(StringComparer.Ordinal) { ["shop"] = 1, ["blog"] = 4 },
        });
        var (silo, pressure) = (cluster.Silos[0], cluster.Silos[0].Partitions.Surroundings.OnPressure!);
        await silo.SendAsync("shop", "a");
        pressure(new("shop", 0), 1);
        await IngestCluster.UntilAsync(() => KnowAsync(cluster, ("shop", 2)));
        pressure(new("shop", 1), 2);
        await IngestCluster.UntilAsync(() => KnowAsync(cluster, ("shop", 4)));
        var calls = cluster.Calls.Of("ISourceCatalogueGrain.RaiseAsync");
        pressure(new("shop", 1), 4);
        pressure(new("blog", 0), 4);
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await silo.SendAsync("shop", "b"));
        Assert.Equal(calls, cluster.Calls.Of("ISourceCatalogueGrain.RaiseAsync"));
    }

    [Fact]
    public async Task A_catalogue_that_is_behind_the_journal_finds_out_when_it_is_asked_for_more()
    {
        await using var cluster = await IngestCluster.StartAsync(new() { Silos = 1 });
        await cluster.Silos[0].SendAsync("shop", "a");
        Assert.Equal(JournalResult.Committed, await cluster.OpenJournal().SplitAsync("shop", 1, 4, CancellationToken.None));
        Assert.Equal(8, (await CatalogueOf(cluster).RaiseAsync("shop", 8, "a test")).Counts["shop"]);
    }

    [Fact]
    public async Task A_catalogue_that_lost_its_state_or_was_too_late_to_write_it_believes_the_journal()
    {
        await using var cluster = await IngestCluster.StartAsync(new() { Silos = 1 });
        await cluster.Silos[0].SendAsync("shop", "a");
        Assert.Equal(JournalResult.Committed, await cluster.OpenJournal().SplitAsync("shop", 1, 4, CancellationToken.None));
        await cluster.Orleans.DeactivateAsync(CatalogueOf(cluster));
        Assert.Equal(4, (await CatalogueOf(cluster).GetAsync(-1))!.Counts["shop"]);
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 2, Duplicates: 1), await cluster.Silos[0].SendAsync("shop", "a", "b", "c"));
    }
}
