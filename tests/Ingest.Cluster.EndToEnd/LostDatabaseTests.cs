namespace Ingest.Cluster.EndToEnd;

/// <summary>Without its database a cluster can store nothing: it says so, waits, and goes on.</summary>
public sealed class LostDatabaseTests
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_crashed_database_costs_refusals_and_no_event_and_no_silo()
    {
        NodeModules.Require();
        var oracle = new ConservationOracle();
        await using var cluster = await TestCluster.StartAsync(silos: 3);
        using var load = Load.Start(new PlainClient(cluster.Urls) { Patience = Deadline.Process }, oracle);
        await load.MeasureAsync("No fault", () => load.MoreAsync(1_000));
        var processes = cluster.Silos.Select(silo => silo.ProcessId).ToArray();

        var report = await load.MeasureAsync("PostgreSQL crashed, and started again after 30 s", async () =>
        {
            await cluster.Postgres.CrashAsync();
            await Task.Delay(Outage, TestContext.Current.CancellationToken);
            await cluster.Postgres.StartAgainAsync();
        });

        Assert.True(report.Refused > 0, "No client has met the outage.");
        Assert.Equal((0, 0), (report.WithoutRetryAfter, report.Unanswered));
        Assert.All(cluster.Silos, silo => Assert.True(silo.IsRunning, $"{silo.Name} has ended. It wrote:\n{silo.Output}"));
        Assert.Equal(processes, cluster.Silos.Select(silo => silo.ProcessId));
        await load.FinishAsync();
        await cluster.AssertConservedAsync(oracle);
    }
}
