using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Cluster.EndToEnd;

/// <summary>
/// Without its database a cluster keeps events on the disks of its silos; without spills it can store nothing: it says so,
/// waits, and goes on.
/// </summary>
public sealed class LostDatabaseTests
{
    /// <summary>Long enough that every silo fails to tell Orleans' tables that it is alive, more than once.</summary>
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(30);

    /// <summary>Long enough for some blocks in every spill. The outage goes on while a silo is killed.</summary>
    private static readonly TimeSpan TimeToSpill = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Without_spills_a_crashed_database_costs_refusals_and_no_event_and_no_silo()
    {
        NodeModules.Require();
        var oracle = new ConservationOracle();
        await using var cluster = await TestCluster.StartAsync(silos: 2, options: ["--spill", "off"]);
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

    [Fact]
    public async Task With_spills_a_crashed_database_costs_no_client_an_error()
    {
        NodeModules.Require();
        var oracle = new ConservationOracle();
        await using var cluster = await TestCluster.StartAsync(silos: 3);
        using var load = Load.Start(new PlainClient(cluster.Urls) { Patience = Deadline.Process }, oracle);
        await load.MeasureAsync("No fault", () => load.MoreAsync(1_000));

        var outage = await load.MeasureAsync("PostgreSQL crashed", async () =>
        {
            await cluster.Postgres.CrashAsync();
            await Task.Delay(TimeToSpill, TestContext.Current.CancellationToken);
        });
        // Status cannot be told without the journal, but what is safe meanwhile can.
        var status = await cluster.RunAsync("status");
        Assert.Contains("The spills of 3 silos hold", status.Output, StringComparison.Ordinal);

        // The disk of the killed silo holds events that were acknowledged.
        var killed = cluster.Silos[1];
        await load.MeasureAsync("A silo killed meanwhile", killed.KillAsync);
        await killed.BeginStartAsync();
        var back = await load.MeasureAsync("PostgreSQL started again", async () =>
        {
            await cluster.Postgres.StartAgainAsync();
            // The others take their partitions up and drain at the same time.
            await killed.ReadyAsync(Deadline.Delivery);
        });

        Assert.Equal(0, outage.Failed);
        Assert.Equal(0, back.WithoutRetryAfter);
        await load.FinishAsync();
        await AssertDrainedAsync(cluster, killed);
        await cluster.AssertConservedAsync(oracle);
    }

    /// <summary>Waits until no silo has anything in its spill. The one that was killed must have found something there.</summary>
    private static async Task AssertDrainedAsync(TestCluster cluster, Silo killed)
    {
        var last = "none";
        await Deadline.UntilAsync(
            async () =>
            {
                last = await cluster.ReadStatusAsync();
                if (!last.StartsWith('{'))
                    return null;
                var spills = JsonSerializer.Deserialize(last, StatusJson.Default.StatusReport)!.Silos;
                Progress.Write($"Spills: {string.Join(", ", spills.Select(silo => $"{silo.Name} {silo.Spill}"))}.");
                return spills.Count == cluster.Silos.Count && spills.All(silo => silo.Spill is { Events: 0 }) ? last : null;
            },
            Deadline.Delivery,
            () => $"the spills do not drain: {last}\n{cluster.Outputs()}",
            pause: TimeSpan.FromSeconds(1));
        Assert.Contains("of an earlier run; they are drained", killed.Output, StringComparison.Ordinal);
    }
}
