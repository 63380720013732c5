namespace Ingest.Engine.Tests;

public sealed class BridgeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_fails_every_event_arrives_and_no_object_leaves_before()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var world = new BridgeWorld(seed) { FaultPercent = seed % 3 * 15 };
            var random = new Random(seed);
            for (var i = 0; i < random.Next(1, 12); i++)
                world.Add(random.Next(2) == 0 ? "shop" : "blog", random.Next(24), i + 1, random.Next(1, 14));

            Assert.True(await world.RunAsync(5_000), $"seed {seed}: it never ends");
            Assert.True(world.Stored.SetEquals(world.Events), $"seed {seed}");
            Assert.Equal(0, world.FaultPercent == 0 ? world.Bridge.Report!.Duplicates : 0);
        }
    }

    [Fact]
    public async Task The_oldest_hour_goes_first_whatever_its_source()
    {
        var world = new BridgeWorld(1);
        string[] keys = [world.Add("shop", 9, 3, 2), world.Add("blog", 11, 1, 2), world.Add("shop", 10, 9, 2), world.Add("zoo", 8, 5, 2)];
        Assert.True(await world.RunAsync(100));
        Assert.Equal([keys[3], keys[0], keys[2], keys[1]], world.Order);
    }

    [Fact]
    public async Task What_the_primary_refuses_rests_and_the_others_go_on()
    {
        var world = new BridgeWorld(1);
        var refused = world.Add("gone", 1, 1, 2);
        world.Add("shop", 2, 1, 2);
        world.Refused.Add(refused);
        Assert.False(await world.RunAsync(20));
        Assert.Equal([refused], world.Lake.Objects.Keys.Where(key => key.StartsWith("relay/", StringComparison.Ordinal)));
        Assert.Contains("no such source", Assert.Single(world.Bridge.Report!.SetAside), StringComparison.Ordinal);

        world.Refused.Clear();
        Assert.True(await world.RunAsync(200));
        Assert.Empty(world.Bridge.Report!.SetAside);
    }

    [Fact]
    public async Task A_damaged_object_is_never_deleted()
    {
        var world = new BridgeWorld(1);
        var key = world.Add("shop", 1, 1, 9);
        world.Lake.Objects[key] = world.Lake.Objects[key][..^20];
        Assert.False(await world.RunAsync(50));
        Assert.Contains(key, world.Lake.Objects.Keys);
        Assert.Contains(key, Assert.Single(world.Bridge.Report!.SetAside), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_the_primary_knows_whole_leaves_though_the_answer_was_lost()
    {
        var world = new BridgeWorld(1);
        var key = world.Add("shop", 1, 1, 2);
        var stream = world.Lake.Objects[key];
        Assert.True(await world.RunAsync(5));
        // As if the process had died before the record was written.
        world.Lake.Objects.Clear();
        world.Lake.Objects.Add(key, stream);
        world.Restart();
        Assert.True(await world.RunAsync(5));

        var record = await LakeDocument.FindAsync(world.Lake, LakeLayout.BridgedKey(key), RelayFormat.Default.BridgedObject, Cancellation);
        Assert.Equal((2, 0, 2), (record!.Lines, record.Accepted, record.Duplicates));
    }

    [Fact]
    public void The_pace_halves_with_push_back_and_grows_slowly()
    {
        var limits = new RelayLimits();
        var pace = new RelayPace(limits);
        Assert.Equal(limits.RateStart, pace.BytesPerSecond);
        pace.PushedBack();
        Assert.Equal(limits.RateStart / 2, pace.BytesPerSecond);
        Assert.Equal(
            TimeSpan.FromSeconds(1.5), pace.Delivered((int)(limits.RateStart / 2 + limits.RateStep) * 2, TimeSpan.FromSeconds(0.5)));
        pace.Delivered(1, limits.SlowAnswer + TimeSpan.FromMilliseconds(1));
        Assert.Equal((limits.RateStart / 2 + limits.RateStep) / 2, pace.BytesPerSecond);
        for (var i = 0; i < 50; i++)
            pace.PushedBack();
        Assert.Equal(limits.RateMin, pace.BytesPerSecond);
    }

    [Fact]
    public void Keys_of_relays_stand_apart_from_all_others()
    {
        var batch = new Batch(
            new PartitionId(RelaySource.Of("shop"), 2), LakeStream.Good, new Instant(0).Hour, 1, 2, 2, 4, 100, 50, new Instant(1), SealReason.Age);
        var key = LakeLayout.KeyOf(batch, "abcdefgh");
        Assert.Equal("relay/source=shop/dt=1970-01-01/hr=00/shop-2-abcdefgh-000000000001-000000000002.json.gz", key);
        Assert.Equal("bridged/dt=1970-01-01/hr=00/shop-2-abcdefgh-000000000001-000000000002.json", LakeLayout.BridgedKey(key));
        Assert.True(LakeLayout.TryReadKey(key, out var hour, out var journal));
        Assert.Equal((batch.Hour, "abcdefgh"), (hour, journal));
        Assert.Equal("manifests/dt=1970-01-01/hr=00/relay=shop-abcdefgh.json", LakeLayout.ManifestKey(batch.Hour, "abcdefgh", RelaySource.Of("shop")));
        Assert.False(SourceName.IsValid(RelaySource.Of("shop")));
        Assert.True(RelaySource.IsValid(RelaySource.Of("shop")));
    }
}
