using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Grains.Tests;

/// <summary>An operator sees the whole cluster, and who is silent.</summary>
public sealed class StatusTests
{
    [Fact]
    public async Task Every_silo_is_shown_with_its_partitions_and_lanes()
    {
        await using var cluster = await IngestCluster.StartAsync();
        foreach (var silo in cluster.Silos)
            await silo.SendAsync("shop", silo.Name);
        await cluster.UntilShippedAsync();

        await IngestCluster.UntilAsync(async () => (await ReportAsync(cluster.Silos[1])).Silos.All(silo => silo.State == "active"));
        var report = await ReportAsync(cluster.Silos[1]);
        Assert.Equal(cluster.Silos.Select(silo => silo.Name).Order(StringComparer.Ordinal), report.Silos.Select(silo => silo.Name));
        Assert.All(report.Silos, silo => Assert.Equal(("active", "all", null), (silo.State, silo.Roles, silo.NotReady)));
        Assert.Equal((1, 3L), (report.Partitions, report.DedupeIds));
        Assert.Equal(Enumerable.Range(0, GrainOptions.Lanes), report.Silos.SelectMany(silo => silo.Lanes).Order());
        Assert.Equal("closed", report.Shipping.Breaker);
        Assert.NotNull(report.Shipping.LastSuccess);
        Assert.NotNull(report.Manifests);
        Assert.Null(report.Manifests.Failure);
    }

    [Fact]
    public async Task A_silo_that_does_not_answer_is_shown_so_beside_the_others()
    {
        await using var cluster = await IngestCluster.StartAsync(new()
        {
            Grains = ClusterSetup.Patient with
            {
                StatusTimeout = TimeSpan.FromSeconds(5),
                BalancePeriod = TimeSpan.FromMilliseconds(100),
                BalanceAfter = TimeSpan.FromMilliseconds(100),
            },
        });
        var asked = cluster.Silos[0];
        List<string> withLanes = [];
        await IngestCluster.UntilAsync(async () =>
        {
            var silos = (await ReportAsync(asked)).Silos;
            withLanes = [.. silos.Where(silo => silo.Lanes.Count > 0).Select(silo => silo.Name)];
            return silos.Sum(silo => silo.Lanes.Count) == GrainOptions.Lanes && withLanes.Count > 1;
        });
        var silent = cluster.Silos.Last(silo => silo != asked && withLanes.Contains(silo.Name));
        cluster.Calls.Hangs = call => call.InterfaceMethod.Name == "ReportAsync"
            && call.TargetContext.Address.SiloAddress!.Equals(silent.Handle.SiloAddress);

        var report = await ReportAsync(asked);
        Assert.Equal(
            cluster.Silos.Select(silo => (silo.Name, silo == silent ? "not answering" : "active")).Order(),
            report.Silos.Select(silo => (silo.Name, silo.State)));
        Assert.DoesNotContain(report.Silos, silo => silo.Name == silent.Name && silo.Lanes.Count > 0);
        Assert.NotEmpty(report.Silos.SelectMany(silo => silo.Lanes));
    }

    [Fact]
    public async Task A_silo_that_is_about_to_stop_is_shown_so()
    {
        await using var cluster = await IngestCluster.StartAsync(new() { Silos = 2 });
        // A silo that has just joined is not reached by the others for a moment.
        await IngestCluster.UntilAsync(async () => (await ReportAsync(cluster.Silos[0])).Silos.All(silo => silo.State == "active"));
        cluster.Silos[1].Services.Health.Stopping();
        var report = await ReportAsync(cluster.Silos[0]);
        Assert.Equal(
            [(cluster.Silos[0].Name, "active", null), (cluster.Silos[1].Name, "leaving", "stopping")],
            report.Silos.Select(silo => (silo.Name, silo.State, silo.NotReady)));
    }

    private static Task<Hosting.RuntimeReport> ReportAsync(TestSilo silo) =>
        silo.Handle.ServiceProvider.GetRequiredService<ClusterReports>().ReportAsync(CancellationToken.None);
}
