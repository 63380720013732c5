using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Storage;

namespace Ingest.Node.Tests;

/// <summary>A receiver and its primary, each a whole region but for the disk, and what may go wrong between them.</summary>
public sealed class RelayTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_receiver_took_while_the_primary_was_away_is_its_own_intake_later()
    {
        await using var primary = await RegionServer.StartAsync("east");
        await using var receiver = await RegionServer.StartAsync("west", primary.Url);
        primary.TakesRelays = false;
        await receiver.PostAsync("a", "b", "bad-1");
        await receiver.PostAsync([.. Enumerable.Range(0, 20).Select(n => $"n-{n:D2}")]);
        // A client that was not sure, and went to the other region.
        await primary.PostAsync("b", "c");
        await TestNode.UntilAsync(() => Task.FromResult(receiver.Host.Bridge is { Failure: not null, Objects: > 0 }));
        Assert.Empty(await primary.IdsAsync("quarantine"));

        primary.TakesRelays = true;
        await receiver.UntilBridgedAsync();
        await primary.Host.DrainAsync(TimeSpan.FromMinutes(2));

        var expected = Enumerable.Range(0, 20).Select(n => $"n-{n:D2}").Concat(["a", "b", "c"]).Order(StringComparer.Ordinal);
        Assert.Equal(expected, await primary.IdsAsync("good"));
        var bad = Assert.Single(await primary.ReadAsync("quarantine"));
        Assert.Equal("bad-1", bad.GetProperty("event_id").GetString());
        Assert.Equal("west", bad.GetProperty("collector").GetProperty("relayed").GetProperty("region").GetString());

        var bridged = await receiver.BridgedAsync();
        Assert.Equal((21, 1, 1), (bridged.Sum(b => b.Accepted), bridged.Sum(b => b.Quarantined), bridged.Sum(b => b.Duplicates)));
        Assert.Equal(23, bridged.Sum(b => b.Lines));
        Assert.All(bridged, b => Assert.Equal($"east at {primary.Url.GetLeftPart(UriPartial.Authority)}", b.DeliveredTo));
        Assert.Empty(await receiver.IdsAsync("good"));
    }

    [Fact]
    public async Task Lost_answers_repeat_harmlessly()
    {
        await using var primary = await RegionServer.StartAsync("east");
        await using var receiver = await RegionServer.StartAsync("west", primary.Url);
        primary.LosesEvery = 2;
        var ids = Enumerable.Range(0, 30).Select(n => $"n-{n:D2}").ToArray();
        foreach (var some in ids.Chunk(10))
            await receiver.PostAsync(some);
        await receiver.UntilBridgedAsync();
        await primary.Host.DrainAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(ids, await primary.IdsAsync("good"));
        foreach (var record in await receiver.BridgedAsync())
            Assert.True(await primary.Host.Journal.WasRelayedAsync("west", record.Key, record.Sha256, Cancellation));
    }

    [Fact]
    public async Task A_bridge_that_dies_in_the_middle_goes_on_where_the_lake_stands()
    {
        await using var primary = await RegionServer.StartAsync("east");
        var (store, lake) = (new MemoryJournalStore(), new MemoryLake());
        var ids = Enumerable.Range(0, 40).Select(n => $"n-{n:D2}").ToArray();
        await using (var receiver = await RegionServer.StartAsync("west", primary.Url, store, lake))
        {
            await receiver.PostAsync(ids);
            await TestNode.UntilAsync(() => Task.FromResult(primary.RelayRequests > 1));
        }

        await using (var receiver = await RegionServer.StartAsync("west", primary.Url, store, lake))
            await receiver.UntilBridgedAsync();
        await primary.Host.DrainAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(ids, await primary.IdsAsync("good"));
    }

    [Fact]
    public async Task A_receiver_that_is_promoted_validates_its_backlog_and_stays_what_it_became()
    {
        var (store, lake) = (new MemoryJournalStore(), new MemoryLake());
        // A port where nobody listens any more.
        var gone = new Uri("http://127.0.0.1:1");
        await using (var receiver = await RegionServer.StartAsync("west", gone, store, lake))
        {
            await receiver.PostAsync("a", "bad-1");
            Assert.Null(await receiver.Host.Relays!.State.PromoteAsync(Cancellation));
            await receiver.PostAsync("b", "bad-2", "a");
            await receiver.UntilBridgedAsync();
            await receiver.Host.DrainAsync(TimeSpan.FromMinutes(2));
            Assert.Equal(["a", "b"], await receiver.IdsAsync("good"));
            Assert.Equal(["bad-1", "bad-2"], await receiver.IdsAsync("quarantine"));
        }

        await using var restarted = await RegionServer.StartAsync("west", gone, store, lake);
        Assert.Equal(RegionRole.Primary, restarted.Host.Relays!.State.Role);
        await restarted.PostAsync("c");
        await restarted.Host.DrainAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(["a", "b", "c"], await restarted.IdsAsync("good"));
    }

    [Fact]
    public async Task Another_process_of_the_region_sees_the_promotion()
    {
        var lake = new MemoryLake();
        var settings = new RegionSettings { Name = "west", Role = RegionRole.Receiver, Primary = new Uri("http://127.0.0.1:1"), Key = RegionServer.Key };
        var log = new HostingLog(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var (one, other) = (StateOf(settings), StateOf(settings));
        Assert.Null(await one.PromoteAsync(Cancellation));
        Assert.Equal(RegionRole.Receiver, other.Role);
        Assert.NotNull(other.Unknown);
        await other.LookAsync(Cancellation);
        Assert.Equal((RegionRole.Primary, one.Promotion), (other.Role, other.Promotion));

        // Two regions in one lake by mistake: the record of one says nothing to the other.
        var stranger = StateOf(settings with { Name = "north" });
        await stranger.LookAsync(Cancellation);
        Assert.Equal(RegionRole.Receiver, stranger.Role);
        Assert.Contains("--region was changed", stranger.Unknown, StringComparison.Ordinal);
        // Until somebody mends that, nothing is delivered anywhere.
        var (toPrimary, toSelf) = (new LocalRelayLink(null!), new LocalRelayLink(null!));
        Assert.Null(new RegionRoute(stranger, toPrimary, toSelf).Link);
        Assert.Same(toSelf, new RegionRoute(other, toPrimary, toSelf).Link);

        RegionState StateOf(RegionSettings which) => new(which, lake, TimeSpan.FromSeconds(5), TimeProvider.System, log);
    }

    [Fact]
    public async Task A_receiver_splits_its_relay_partitions_as_their_source()
    {
        await using var primary = await RegionServer.StartAsync("east");
        await using var receiver = await RegionServer.StartAsync("west", primary.Url);
        await receiver.PostAsync([.. Enumerable.Range(0, 20).Select(n => $"n-{n:D2}")]);
        var counts = await receiver.Host.Journal.ReadPartitionCountsAsync(Cancellation);
        Assert.Equal(KeyValuePair.Create(RelaySource.Of("shop"), 2), Assert.Single(counts));
    }
}
