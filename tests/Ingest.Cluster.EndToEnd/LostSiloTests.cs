namespace Ingest.Cluster.EndToEnd;

/// <summary>The promise of a cluster: a silo that is lost takes nothing with it that was acknowledged.</summary>
public sealed class LostSiloTests
{
    [Fact]
    public async Task Two_killed_silos_of_three_lose_nothing_and_double_nothing()
    {
        NodeModules.Require();
        var oracle = new ConservationOracle();
        await using var cluster = await TestCluster.StartAsync(silos: 3);
        using var load = Load.Start(cluster.NewClient(), oracle);
        await load.MeasureAsync("No fault", () => load.MoreAsync(1_000));

        await load.MeasureAsync("One of three silos killed", cluster.Silos[1].KillAsync);
        await load.MeasureAsync("One of the other two killed", cluster.Silos[2].KillAsync);
        await load.MeasureAsync("Both started again", cluster.StartAllAsync);

        await load.FinishAsync();
        await cluster.AssertConservedAsync(oracle);
    }
}
