namespace Ingest.Grains.Tests;

/// <summary>Silos come and go under load: what was answered with success is in the lake, once.</summary>
public sealed class LostSiloTests(ITestOutputHelper output)
{
    private const int Clients = 8;

    // Calls to a silo that died must come back.
    private static readonly ClusterSetup Setup = new() { Grains = ClusterSetup.Patient with { CallTimeout = TimeSpan.FromSeconds(5) } };

    [Fact]
    public async Task Silos_that_are_killed_lose_nothing_that_was_acknowledged()
    {
        await using var cluster = await IngestCluster.StartAsync(Setup);
        var load = new Load("shop", () => cluster.Silos).Start(Clients);
        for (var round = 0; round < 3; round++)
        {
            await load.UntilMoreAsync(100);
            await cluster.KillAsync(cluster.HostOf(new("shop", 0)) ?? cluster.Silos[0]);
            await load.UntilMoreAsync(100);
            await cluster.AddSiloAsync();
        }

        await load.UntilMoreAsync(100);
        await load.StopAsync();
        output.WriteLine($"{load.Stored.Count} events stored, {load.Errors.Count} errors: {string.Join("; ", load.Errors.Take(5))}");
        await cluster.AssertOnceInLakeAsync(load.Stored);
    }

    [Fact]
    public async Task A_silo_that_is_stopped_hands_over_without_an_error()
    {
        await using var cluster = await IngestCluster.StartAsync(Setup);
        var load = new Load("shop", () => cluster.Silos).Start(Clients);
        for (var round = 0; round < 3; round++)
        {
            await load.UntilMoreAsync(100);
            await cluster.StopAsync(cluster.HostOf(new("shop", 0)) ?? cluster.Silos[0]);
            await load.UntilMoreAsync(100);
            await cluster.AddSiloAsync();
        }

        await load.UntilMoreAsync(100);
        await load.StopAsync();
        Assert.Empty(load.Errors);
        await cluster.AssertOnceInLakeAsync(load.Stored);
    }
}
