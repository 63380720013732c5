namespace Ingest.Cluster.EndToEnd;

/// <summary>
/// The promise of a cluster: a silo that is lost takes nothing with it that was acknowledged, neither to clients that know every
/// silo nor to the official tracker behind a balancer.
/// </summary>
public sealed class LostSiloTests
{
    [Fact]
    public async Task Two_killed_silos_of_three_lose_nothing_and_double_nothing()
    {
        NodeModules.Require();
        HaProxy.Require();
        var oracle = new ConservationOracle();
        await using var cluster = await TestCluster.StartAsync(silos: 3);
        await using var balancer = await cluster.StartBalancerAsync();
        await using var tracker = SnowplowTracker.Start(oracle, balancer.Url, eventsPerSecond: 100);
        using var load = Load.Start(cluster.NewClient(), oracle);
        await load.MeasureAsync("No fault", () => load.MoreAsync(1_000));

        await load.MeasureAsync("One of three silos killed", cluster.Silos[1].KillAsync);
        await load.MeasureAsync("One of the other two killed", cluster.Silos[2].KillAsync);
        await load.MeasureAsync("Both started again", cluster.StartAllAsync);

        await load.FinishAsync();
        await tracker.FinishAsync();
        Progress.Measured($"{tracker.Failures.Value} requests of the tracker behind the balancer failed, and were sent again.");
        await cluster.AssertConservedAsync(oracle);
    }
}
