namespace Ingest.Cluster.EndToEnd;

/// <summary>The promise to operators: a rolling restart is seen by nobody.</summary>
public sealed class RollingRestartTests
{
    [Fact]
    public async Task Restarting_every_silo_behind_a_balancer_fails_no_request()
    {
        NodeModules.Require();
        HaProxy.Require();
        var oracle = new ConservationOracle();
        await using var cluster = await TestCluster.StartAsync(silos: 3, options: [TestCluster.LeaveDelay, "5s", "--balance-after", "10s"]);
        await using var balancer = await cluster.StartBalancerAsync();
        using var load = Load.Start(new PlainClient(balancer.Url), oracle);
        await load.MeasureAsync("No fault", () => load.MoreAsync(1_000));

        var failed = 0;
        foreach (var silo in cluster.Silos)
        {
            failed += (await load.MeasureAsync($"{silo.Name} leaves", silo.StopAsync)).Failed;
            failed += (await load.MeasureAsync($"{silo.Name} joins", () => silo.StartAsync())).Failed;
        }

        failed += (await load.MeasureAsync("Partitions spread over all silos again", cluster.WaitUntilBalancedAsync)).Failed;
        Assert.Equal(0, failed);
        await load.FinishAsync();
        await cluster.AssertConservedAsync(oracle);
    }
}
