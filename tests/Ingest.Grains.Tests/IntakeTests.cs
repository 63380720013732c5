using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Grains.Tests;

/// <summary>Events find their partition, wherever it is, with few calls and within bounds.</summary>
public sealed class IntakeTests
{
    private const string Offer = "IPartitionGrain.OfferAsync";
    private static readonly PartitionId Shop = new("shop", 0);

    [Fact]
    public async Task Events_offered_at_every_silo_reach_one_partition_and_the_lake()
    {
        await using var cluster = await IngestCluster.StartAsync();
        foreach (var (silo, i) in cluster.Silos.Select((silo, i) => (silo, i)))
        {
            Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await silo.SendAsync("shop", $"own {i}"));
            var same = await silo.SendAsync("shop", "same");
            Assert.Equal((IntakeOutcome.Stored, 1), (same.Outcome, same.Accepted + same.Duplicates));
        }

        Assert.Equal(1, cluster.Silos.Sum(silo => silo.Partitions.Count));
        await cluster.AssertOnceInLakeAsync(["own 0", "own 1", "own 2", "same"]);
    }

    [Fact]
    public async Task Requests_that_arrive_while_calls_are_under_way_share_the_next_call()
    {
        const int requests = 500;
        await using var cluster = await IngestCluster.StartAsync();
        await cluster.Silos[0].SendAsync("shop", "first");
        var host = cluster.HostOf(Shop)!;
        var other = cluster.Silos.First(silo => silo != host);
        var commit = new TaskCompletionSource();
        host.Journal.Script.Enqueue(async (append, _) =>
        {
            await commit.Task.WaitAsync(Deadline.Delivery, CancellationToken.None);
            return await append();
        });

        var before = cluster.Calls.Of(Offer);
        var sends = Enumerable.Range(0, requests).Select(i => other.SendAsync("shop", $"{i}")).ToList();
        // Both calls that may be under way are; whatever else was sent waits for one of them.
        await IngestCluster.UntilAsync(() => cluster.Calls.Of(Offer) - before == new GrainOptions().CallsPerLink);
        commit.SetResult();
        Assert.All(await Task.WhenAll(sends), result => Assert.Equal((IntakeOutcome.Stored, 1), (result.Outcome, result.Accepted)));
        Assert.InRange(cluster.Calls.Of(Offer) - before, 3, 10);
    }

    [Fact]
    public async Task A_call_that_is_full_leaves_the_rest_to_the_next()
    {
        await using var cluster = await IngestCluster.StartAsync(new() { Grains = ClusterSetup.Patient with { CallBytes = 1, CallsPerLink = 1 } });
        await cluster.Silos[0].SendAsync("shop", "first");
        var other = cluster.Silos.First(silo => silo != cluster.HostOf(Shop));
        var before = cluster.Calls.Of(Offer);
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => other.SendAsync("shop", $"{i}")));
        Assert.All(results, result => Assert.Equal((IntakeOutcome.Stored, 1), (result.Outcome, result.Accepted)));
        Assert.Equal(20, cluster.Calls.Of(Offer) - before);
    }

    [Fact]
    public async Task A_partition_on_the_same_silo_is_reached_without_a_call()
    {
        await using var cluster = await IngestCluster.StartAsync();
        await cluster.Silos[0].SendAsync("shop", "first");
        var host = cluster.HostOf(Shop)!;
        var before = cluster.Calls.Of(Offer);
        await host.SendAsync("shop", "second");
        Assert.Equal(before, cluster.Calls.Of(Offer));
    }

    [Fact]
    public async Task Calls_beyond_the_bound_of_a_silo_are_refused_and_leave_nothing_behind()
    {
        await using var cluster = await IngestCluster.StartAsync(
            new() { Grains = ClusterSetup.Patient with { RemoteCallsMax = 1, CallsPerLink = 4 } });
        await cluster.Silos[0].SendAsync("shop", "first");
        var host = cluster.HostOf(Shop)!;
        var other = cluster.Silos.First(silo => silo != host);
        var commit = new TaskCompletionSource();
        host.Journal.Script.Enqueue(async (append, _) =>
        {
            await commit.Task.WaitAsync(Deadline.Delivery, CancellationToken.None);
            return await append();
        });

        var taken = other.SendAsync("shop", "taken");
        await IngestCluster.UntilAsync(() => host.Services.RemoteGate.Requests == 1);
        var refused = await other.SendAsync("shop", "refused");
        Assert.Equal((IntakeOutcome.Unavailable, "the silo of this partition is overloaded"), (refused.Outcome, refused.Reason));

        commit.SetResult();
        Assert.Equal(IntakeOutcome.Stored, (await taken).Outcome);
        Assert.Equal((0, 0L), (host.Services.RemoteGate.Requests, host.Services.RemoteGate.Bytes));
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await other.SendAsync("shop", "refused"));
    }

    [Fact]
    public async Task Bytes_beyond_the_bound_of_a_silo_are_refused()
    {
        await using var cluster = await IngestCluster.StartAsync(new() { Grains = ClusterSetup.Patient with { RemoteBytesMax = 10 } });
        // The silo that hosts it needs no call; one of the others is refused.
        var results = new List<IntakeResult>();
        foreach (var silo in cluster.Silos)
            results.Add(await silo.SendAsync("shop", "an event"));
        Assert.Contains(results, result => result is { Outcome: IntakeOutcome.Unavailable, Reason: "the silo of this partition is overloaded" });
        Assert.All(cluster.Silos, silo => Assert.Equal((0, 0L), (silo.Services.RemoteGate.Requests, silo.Services.RemoteGate.Bytes)));
    }
}
