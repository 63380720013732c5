namespace Ingest.Cluster.EndToEnd;

/// <summary>The promise of a cluster: a silo that is lost takes nothing with it that was acknowledged.</summary>
public sealed class LostSiloTests
{
    [Fact]
    public async Task A_killed_silo_loses_nothing_and_doubles_nothing()
    {
        NodeModules.Require();
        var oracle = new ConservationOracle();
        await using var cluster = await TestCluster.StartAsync(silos: 3);
        using var load = Load.Start(cluster.NewClient(), oracle);
        await load.MoreAsync(200);

        await cluster.Silos[1].KillAsync();
        await load.MoreAsync(200);
        await cluster.Silos[1].StartAsync();
        await load.MoreAsync(200);

        await load.FinishAsync();
        await cluster.AssertConservedAsync(oracle);
    }
}
