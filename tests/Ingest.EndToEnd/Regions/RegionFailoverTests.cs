using System.Globalization;

namespace Ingest.EndToEnd;

/// <summary>The promise across regions: whatever either of them answered with success ends up in the primary's lake, once.</summary>
public sealed class RegionFailoverTests
{
    private const int BridgeKills = 3;

    private static readonly TimeSpan Slowness = TimeSpan.FromMilliseconds(700);

    [Fact]
    public async Task A_primary_that_dies_whole_and_comes_back_loses_nothing_and_doubles_nothing()
    {
        await using var regions = await TwoRegions.StartAsync(isAutomatic: true);
        await LoseAndReturnAsync("a primary gone whole", regions, () => Death.OfFolder(regions), () => Task.CompletedTask);
        await Verdict.AssertConservedAsync(regions.East, regions.Oracle);
    }

    [Fact]
    public async Task A_bridge_that_is_killed_while_it_drains_delivers_each_event_once()
    {
        SkipUnlessLong();
        var random = TestSeed.Next();
        await using var regions = await TwoRegions.StartAsync(isAutomatic: true);
        await LoseAndReturnAsync("a bridge killed while it drains", regions, () => Death.OfFolder(regions), async () =>
        {
            for (var kill = 0; kill < BridgeKills; kill++)
            {
                await Task.Delay(random.Next(0, 500));
                await regions.West.KillAsync();
                await regions.West.StartAsync();
            }
        });
        await Verdict.AssertConservedAsync(regions.East, regions.Oracle);
    }

    [Fact]
    public async Task A_primary_on_PostgreSQL_and_S3_loses_both_with_its_process()
    {
        SkipUnlessLong();
        await using var storage = await PrimaryStorage.StartAsync();
        await using var regions = await TwoRegions.StartAsync(isAutomatic: true, primary: storage);
        await LoseAndReturnAsync("a primary gone with PostgreSQL and S3", regions, () => Death.OfStorage(storage), () => Task.CompletedTask);
        await storage.S3.DownloadAsync(regions.East.LakeFolder);
        await Verdict.AssertConservedAsync(regions.East, regions.Oracle);
    }

    [Fact]
    public async Task A_primary_that_is_slow_but_alive_keeps_its_traffic_and_gets_what_was_relayed()
    {
        SkipUnlessLong();
        NodeModules.Require();
        await using var regions = await TwoRegions.StartAsync(isAutomatic: true);
        await using var tracker = SnowplowTracker.Start(regions.Oracle, regions.Balancer.Url, eventsPerSecond: 60);
        await using var tracked = TrackedLoad.Start(regions.Oracle, regions.Balancer.Url);
        using var load = LabelledLoad.Start(regions.Oracle, regions.Balancer.Url, BatchSize.Normal);
        await load.MoreAsync(100);
        await regions.Line.SetAsync(new Fault.Delay(Slowness) { AppliesTo = request => request.Method == "POST" });
        await load.MoreAsync(500);
        Assert.Equal([95, 5], await regions.Balancer.WeightsAsync());
        await regions.Line.SetAsync(Fault.None);
        await load.FinishAsync();
        await tracker.FinishAsync();
        await tracked.FinishAsync();
        await FinishAsync(regions);
        await Verdict.AssertConservedAsync(regions.East, regions.Oracle);
    }

    private static void SkipUnlessLong() =>
        Assert.SkipUnless(LongRun.IsWanted, "It takes minutes: INGEST_TEST_LONG=1 runs it.");

    /// <summary>Under load the primary dies and comes back; prints what clients and the receiver noticed.</summary>
    private static async Task LoseAndReturnAsync(string what, TwoRegions regions, Func<Death> die, Func<Task> whileDraining)
    {
        NodeModules.Require();
        var (oracle, entrance) = (regions.Oracle, regions.Balancer.Url);
        await using var tracker = SnowplowTracker.Start(oracle, entrance, eventsPerSecond: 60);
        await using var tracked = TrackedLoad.Start(oracle, entrance);
        using var load = LabelledLoad.Start(oracle, entrance, BatchSize.Normal);
        load.Begin("before");
        await load.MoreAsync(200);

        await regions.East.KillAsync();
        var death = die();
        await death.BeginAsync();
        load.Begin("away");
        var moved = await regions.WaitForWeightsAsync(0, 100);
        await load.MoreAsync(300);
        var longest = load.LongestPause();
        var backlog = await regions.WaitForBacklogAsync();

        await death.EndAsync();
        await regions.East.StartAsync();
        load.Begin("back");
        await whileDraining();
        var back = await regions.WaitForWeightsAsync(95, 5);
        await load.MoreAsync(200);
        await load.FinishAsync();
        await tracker.FinishAsync();
        await tracked.FinishAsync();
        var drained = await FinishAsync(regions);
        Progress.Measured(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: traffic moved after {moved.TotalSeconds:0.0} s, back {back.TotalSeconds:0.0} s after its return; {tracker.Failures.Value + load.Refused.Value} requests saw an error, none was answered for {longest.TotalSeconds:0.0} s at most; {backlog} objects waited, drained {drained.TotalSeconds:0.0} s after the last event; {oracle.Acknowledged.Value} events acknowledged."));
    }

    /// <summary>Waits until all is in the primary's lake, and stops both; the receiver has nothing left, and its audit agrees.</summary>
    private static async Task<TimeSpan> FinishAsync(TwoRegions regions)
    {
        var drained = await regions.WaitUntilRelayedAsync();
        await regions.East.WaitUntilShippedAsync();
        await regions.West.StopAsync();
        await regions.East.StopAsync();
        Assert.Equal(0, regions.RelayObjects);
        var audit = await regions.West.RunAsync("audit");
        Assert.True(audit.ExitCode == 0, audit.Output);
        return drained;
    }

    /// <summary>What goes with the process of a primary, and comes back with its disks.</summary>
    private sealed record Death(Func<Task> BeginAsync, Func<Task> EndAsync)
    {
        public static Death OfFolder(TwoRegions regions)
        {
            var (folder, away) = (regions.East.LakeFolder, regions.East.LakeFolder + " is away");
            return new Death(() => MoveAsync(folder, away), () => MoveAsync(away, folder));
        }

        public static Death OfStorage(PrimaryStorage storage) => new(storage.CrashAsync, storage.StartAgainAsync);

        private static Task MoveAsync(string from, string to)
        {
            Directory.Move(from, to);
            return Task.CompletedTask;
        }
    }
}
