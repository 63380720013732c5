using Ingest.Engine;
using Ingest.Hosting;
using Ingest.TestKit;

namespace Ingest.Grains.Tests;

/// <summary>
/// Two activations of one partition at once, as when a silo is cut off but alive: one of them is attached past the
/// directory of Orleans, on another silo, where requests find it first.
/// </summary>
public sealed class FencingTests(ITestOutputHelper output)
{
    private static readonly PartitionId Shop = new("shop", 0);

    // What the one left open that stepped down is found by the next look.
    private static readonly ClusterSetup Setup = new() { Hosting = new ClusterSetup().Hosting with { UnsealedPeriod = TimeSpan.FromSeconds(1) } };

    [Fact]
    public async Task The_one_that_is_behind_steps_down_and_its_callers_reach_the_other()
    {
        await using var cluster = await IngestCluster.StartAsync(Setup);
        await cluster.Silos[0].SendAsync("shop", "first");
        var host = cluster.HostOf(Shop)!;
        var cutOff = cluster.Silos.First(silo => silo != host);
        var (zombie, retired) = Attach(cutOff);
        await IngestCluster.UntilAsync(() => zombie.IsLoaded);

        await host.SendAsync("shop", "second");
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await cutOff.SendAsync("shop", "third"));
        await retired.WaitAsync(Deadline.Delivery);
        Assert.Equal(host, cluster.HostOf(Shop));
        Assert.Equal(0, cutOff.Partitions.Count);
        await cluster.AssertOnceInLakeAsync(["first", "second", "third"]);
    }

    [Fact]
    public async Task A_closed_hour_costs_no_client_an_error()
    {
        await using var cluster = await IngestCluster.StartAsync(Setup);
        await cluster.Silos[0].SendAsync("shop", "first");
        var journal = cluster.OpenJournal();
        var row = Assert.Single(await journal.ReadLedgerAsync(default, CancellationToken.None).ToListAsync());
        await journal.CloseHourAsync(row.Counts.Hour, CancellationToken.None);

        foreach (var silo in cluster.Silos)
            Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await silo.SendAsync("shop", silo.Name));
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Duplicates: 1), await cluster.Silos[0].SendAsync("shop", "first"));
        var rows = await journal.ReadLedgerAsync(default, CancellationToken.None).ToListAsync();
        Assert.Equal(1, rows[0].Counts.Received);
        Assert.Equal((row.Counts.Hour.Next, 3), (rows[1].Counts.Hour, rows[1].Counts.Good));
        await cluster.AssertOnceInLakeAsync(["first", .. cluster.Silos.Select(silo => silo.Name)]);
    }

    [Fact]
    public async Task The_grain_steps_down_when_the_other_one_wrote()
    {
        await using var cluster = await IngestCluster.StartAsync(Setup);
        await cluster.Silos[0].SendAsync("shop", "first");
        var host = cluster.HostOf(Shop)!;
        var cutOff = cluster.Silos.First(silo => silo != host);
        var (zombie, _) = Attach(cutOff);
        await IngestCluster.UntilAsync(() => zombie.IsLoaded);

        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await cutOff.SendAsync("shop", "second"));
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await host.SendAsync("shop", "third"));
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Duplicates: 2), await host.SendAsync("shop", "second", "third"));
        await cluster.AssertOnceInLakeAsync(["first", "second", "third"]);
    }

    [Fact]
    public async Task A_storm_of_rivals_stores_every_event_once_and_costs_no_client_an_error()
    {
        await using var cluster = await IngestCluster.StartAsync(Setup);
        var load = new Load("shop", () => cluster.Silos).Start(clients: 8);
        var stepped = 0;
        for (var round = 0; round < 20; round++)
        {
            await load.UntilMoreAsync(20);
            var rival = cluster.Silos.FirstOrDefault(silo => silo != cluster.HostOf(Shop))!;
            var (_, retired) = Attach(rival);
            _ = retired.ContinueWith(_ => Interlocked.Increment(ref stepped), TaskScheduler.Default);
        }

        await load.UntilMoreAsync(20);
        await load.StopAsync();
        output.WriteLine($"{load.Stored.Count} events, {stepped} of 20 rivals stepped down");
        Assert.NotEqual(0, stepped);
        Assert.Empty(load.Errors);
        Assert.InRange(load.Accepted, 1, load.Stored.Count);
        await cluster.AssertOnceInLakeAsync(load.Stored);
    }

    private static (PartitionActor Actor, Task Retired) Attach(TestSilo silo)
    {
        var retired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = silo.Partitions.Attach(Shop, retired.SetResult);
        actor.Post(PartitionActor.Wake.Message);
        return (actor, retired.Task);
    }
}
