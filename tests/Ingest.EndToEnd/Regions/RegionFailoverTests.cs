using System.Globalization;

namespace Ingest.EndToEnd;

/// <summary>The promise across regions: whatever either of them answered with success ends up in the primary's lake, once.</summary>
public sealed class RegionFailoverTests
{
    [Fact]
    public async Task A_primary_that_dies_whole_and_comes_back_loses_nothing_and_doubles_nothing()
    {
        NodeModules.Require();
        var oracle = new ConservationOracle();
        await using var regions = await TwoRegions.StartAsync(isAutomatic: true);
        var entrance = regions.Balancer.Url;
        await using var tracker = SnowplowTracker.Start(oracle, entrance, eventsPerSecond: 60);
        using var load = LabelledLoad.Start(oracle, entrance, BatchSize.Normal);
        load.Begin("before");
        await load.MoreAsync(200);

        // Processes and disks are gone at once.
        await regions.East.KillAsync();
        var away = regions.East.LakeFolder + " is away";
        Directory.Move(regions.East.LakeFolder, away);
        load.Begin("away");
        var moved = await regions.WaitForWeightsAsync(0, 100);
        await load.MoreAsync(300);
        var longest = load.LongestPause();
        var backlog = await regions.WaitForBacklogAsync();

        Directory.Move(away, regions.East.LakeFolder);
        await regions.East.StartAsync();
        load.Begin("back");
        var back = await regions.WaitForWeightsAsync(95, 5);
        await load.MoreAsync(200);
        await load.FinishAsync();
        await tracker.FinishAsync();
        var drained = await regions.WaitUntilRelayedAsync();
        await regions.East.WaitUntilShippedAsync();
        await regions.West.StopAsync();
        await regions.East.StopAsync();

        Assert.Equal(0, regions.RelayObjects);
        await Verdict.AssertConservedAsync(regions.East, oracle);
        var audit = await regions.West.RunAsync("audit");
        Assert.True(audit.ExitCode == 0, audit.Output);
        Progress.Measured(string.Create(
            CultureInfo.InvariantCulture,
            $"a primary gone whole: traffic moved after {moved.TotalSeconds:0.0} s, back {back.TotalSeconds:0.0} s after its return; {tracker.Failures.Value + load.Refused.Value} requests saw an error, none was answered for {longest.TotalSeconds:0.0} s at most; {backlog} objects waited, drained {drained.TotalSeconds:0.0} s after the last event; of {oracle.Acknowledged.Value} events 0 lost, 0 doubled."));
    }
}
