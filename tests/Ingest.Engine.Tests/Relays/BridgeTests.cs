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
    public async Task An_outage_of_the_primary_is_the_fault_of_no_object()
    {
        // However many turns it lasts: when the first object that passes is not the oldest, the oldest passes next.
        for (var turns = 0; turns < 20; turns++)
        {
            var world = new BridgeWorld(turns);
            world.Silent.UnionWith(Enumerable.Range(1, 3).Select(seq => world.Add("shop", 1, seq, 2)));
            for (var turn = 0; turn < turns; turn++)
                world.Time.Advance(await world.Bridge.TurnAsync(Cancellation));
            world.Silent.Clear();
            var back = world.Time.GetUtcNow();
            Assert.True(await world.RunAsync(10));
            Assert.Empty(world.Bridge.Report!.SetAside);
            Assert.InRange(world.Time.GetUtcNow() - back, TimeSpan.Zero, BridgeWorld.Limits.RestMin - TimeSpan.FromSeconds(1));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_primary_refuses_rests_and_the_others_go_on_however_many_there_are(bool isOfSource)
    {
        var world = new BridgeWorld(1) { RefusesSources = isOfSource };
        // Far more than the bridge holds at once, and all of them older.
        var refused = Enumerable.Range(1, 3 * BridgeWorld.Limits.WindowMax).Select(seq => world.Add("gone", 1, seq, 2)).ToList();
        var other = world.Add("shop", 2, 1, 2);
        world.Refused.UnionWith(refused);
        for (var turn = 0; turn < 40 && world.Lake.Objects.ContainsKey(other); turn++)
            await world.Bridge.TurnAsync(Cancellation);
        Assert.DoesNotContain(other, world.Lake.Objects.Keys);
        Assert.Equal(refused.Order(StringComparer.Ordinal), world.Lake.Objects.Keys.Where(key => key.StartsWith("relay/", StringComparison.Ordinal)));
        Assert.Contains("no such source", world.Bridge.Report!.SetAside[0], StringComparison.Ordinal);
        Assert.Equal(isOfSource ? 1 : refused.Count, world.Refusals);

        world.Refused.Clear();
        world.Time.Advance(BridgeWorld.Limits.RestMax);
        Assert.True(await world.RunAsync(200));
        Assert.Empty(world.Bridge.Report!.SetAside);
    }

    [Fact]
    public async Task Nothing_of_a_damaged_object_is_sent_and_once_it_is_mended_all_of_it()
    {
        var world = new BridgeWorld(1);
        var key = world.Add("shop", 1, 1, 9);
        var whole = world.Lake.Objects[key];
        world.Lake.Objects[key] = [.. whole[..^20], .. new byte[20]];
        Assert.False(await world.RunAsync(50));
        Assert.Equal(0, world.Chunks);
        Assert.Contains(key, Assert.Single(world.Bridge.Report!.SetAside), StringComparison.Ordinal);

        world.Lake.Objects[key] = whole;
        world.Time.Advance(BridgeWorld.Limits.RestMax);
        Assert.True(await world.RunAsync(50));
        Assert.True(world.Stored.SetEquals(world.Events));
    }

    [Fact]
    public async Task An_object_that_is_not_what_the_journal_shipped_is_not_sent_though_it_can_be_read()
    {
        var world = new BridgeWorld(1);
        var key = world.Add("shop", 1, 1, 9);
        world.NoteShipped(key);
        var whole = world.Lake.Objects[key];
        world.Lake.Objects[key] = GzipMember.Compress("{}\n"u8);
        Assert.False(await world.RunAsync(50));
        Assert.Equal(0, world.Chunks);
        world.Lake.Objects[key] = whole;
        world.Time.Advance(BridgeWorld.Limits.RestMax);
        Assert.True(await world.RunAsync(50));
    }

    [Fact]
    public async Task What_was_confirmed_of_an_object_is_not_sent_again_after_its_rest()
    {
        var world = new BridgeWorld(1);
        var key = world.Add("shop", 1, 1, 9);
        world.OnChunk = chunk =>
        {
            if (chunk.FirstLine >= 3)
                world.Refused.Add(key);
        };
        Assert.False(await world.RunAsync(20));
        world.OnChunk = null;
        world.Refused.Clear();
        world.ForgetIds();
        world.Time.Advance(BridgeWorld.Limits.RestMax);
        Assert.True(world.Taken > 0);
        await world.Bridge.TurnAsync(Cancellation);
        Assert.Equal(9, world.Taken);
    }

    [Fact]
    public async Task A_promotion_in_the_middle_of_an_object_delivers_all_of_it_anew()
    {
        var world = new BridgeWorld(1);
        var key = world.Add("shop", 1, 1, 12);
        var own = new OtherLink();
        world.OnChunk = chunk => world.Link = chunk.FirstLine > 0 ? own : world.Link;
        await world.Bridge.TurnAsync(Cancellation);
        Assert.Contains(key, world.Lake.Objects.Keys);
        world.Lake.SkipsChecks = true;
        Assert.True(await world.RunAsync(10));
        Assert.Equal(12, own.Lines);
        Assert.Equal("itself", (await RecordAsync(world, key))!.DeliveredTo);
    }

    [Fact]
    public async Task Nothing_is_delivered_while_nobody_knows_what_this_region_is()
    {
        var world = new BridgeWorld(1) { Unknown = "the record cannot be read" };
        world.Link = null;
        world.Add("shop", 1, 1, 2);
        Assert.False(await world.RunAsync(10));
        Assert.Equal((0, "the record cannot be read"), (world.Chunks, world.Bridge.Report!.Failure));
        world.Link = world;
        Assert.True(await world.RunAsync(10));
    }

    [Fact]
    public async Task Files_of_somebody_else_are_let_alone()
    {
        var world = new BridgeWorld(1);
        string[] strays =
        [
            "relay/README.txt",
            "relay/source=shop/dt=2026-11-21/hr=00/shop-0-abcdefgh-000000000001-000000000001.txt",
            "relay/source=Shop/dt=2026-11-21/hr=00/shop-0-abcdefgh-000000000001-000000000001.json.gz",
            "relay/source=shop/dt=yesterday/hr=00/shop-0-abcdefgh-000000000001-000000000001.json.gz",
        ];
        foreach (var stray in strays)
            world.Lake.Objects[stray] = [1];
        var key = world.Add("shop", 1, 1, 2);
        Assert.False(await world.RunAsync(10));
        Assert.DoesNotContain(key, world.Lake.Objects.Keys);
        Assert.All(strays, stray => Assert.Contains(stray, world.Lake.Objects.Keys));
        Assert.Equal((0, null), (world.Bridge.Report!.Objects, world.Bridge.Report.Failure));
    }

    [Fact]
    public async Task What_cannot_be_deleted_holds_up_nobody_and_is_not_sent_again()
    {
        var world = new BridgeWorld(1) { IsLocked = true };
        for (var seq = 1; seq <= 6; seq++)
            world.Add("shop", 1, seq, 2);
        for (var turn = 0; turn < 10; turn++)
            await world.Bridge.TurnAsync(Cancellation);
        var chunks = world.Chunks;
        Assert.Equal(6, world.Bridge.Report!.DeliveredObjects);
        Assert.Contains("cannot be deleted", world.Bridge.Report.SetAside[0], StringComparison.Ordinal);
        world.IsLocked = false;
        world.Time.Advance(BridgeWorld.Limits.RestMax);
        Assert.True(await world.RunAsync(30));
        Assert.Equal(chunks, world.Chunks);
    }

    [Fact]
    public async Task Another_object_under_a_name_that_was_relayed_is_not_deleted()
    {
        var world = new BridgeWorld(1);
        var key = world.Add("shop", 1, 1, 1);
        Assert.True(await world.RunAsync(10));
        world.Put(key, "shop", 1, 7, 1);
        Assert.False(await world.RunAsync(10));
        Assert.Contains(key, world.Lake.Objects.Keys);
        Assert.Contains("under the same name", Assert.Single(world.Bridge.Report!.SetAside), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_alone_gets_no_answer_does_not_hold_up_the_others()
    {
        var world = new BridgeWorld(1);
        var silent = world.Add("shop", 1, 1, 2);
        for (var seq = 2; seq <= 6; seq++)
            world.Add("shop", 2, seq, 2);
        world.Silent.Add(silent);
        Assert.False(await world.RunAsync(60));
        Assert.Equal([silent], world.Lake.Objects.Keys.Where(key => key.StartsWith("relay/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Another_region_that_answers_in_the_middle_gets_the_object_from_its_beginning()
    {
        var world = new BridgeWorld(1);
        var key = world.Add("shop", 1, 1, 12);
        world.OnChunk = chunk =>
        {
            if (chunk.FirstLine > 0 && world.Answering == "east")
            {
                world.Answering = "north";
                world.ForgetIds();
            }
        };
        Assert.True(await world.RunAsync(20));
        Assert.True(world.Stored.SetEquals(world.Events));
        Assert.Equal("north at the model", (await RecordAsync(world, key))!.DeliveredTo);
    }

    [Fact]
    public async Task A_read_that_hangs_ends_in_time()
    {
        var world = new BridgeWorld(1);
        world.Add("shop", 1, 1, 2);
        (world.Lake.Hangs, world.Time.Expires) = (true, true);
        await world.Bridge.TurnAsync(Cancellation);
        Assert.Contains("no end within", world.Bridge.Report!.Failure, StringComparison.Ordinal);
        (world.Lake.Hangs, world.Time.Expires) = (false, false);
        Assert.True(await world.RunAsync(10));
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

    private static Task<BridgedObject?> RecordAsync(BridgeWorld world, string key) =>
        world.Lake.FindAsync(LakeLayout.BridgedKey(key), RelayFormat.Default.BridgedObject, Cancellation);

    /// <summary>A primary that is another one.</summary>
    private sealed class OtherLink : IRelayLink
    {
        public long Lines { get; private set; }

        public string Description => "itself";

        public ValueTask<RelayAnswer> DeliverAsync(RelayChunk chunk, CancellationToken cancellation)
        {
            Assert.Equal(Lines, chunk.FirstLine);
            Lines += chunk.Lines;
            return new(new RelayAnswer(RelayOutcome.Stored, chunk.Lines));
        }
    }
}
