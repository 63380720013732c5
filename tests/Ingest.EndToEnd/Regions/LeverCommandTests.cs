namespace Ingest.EndToEnd;

/// <summary>The commands that move the lever, with a real haproxy and two real servers.</summary>
public sealed class LeverCommandTests
{
    [Fact]
    public async Task A_person_shows_sets_and_drills_and_no_typo_moves_traffic()
    {
        await using var regions = await TwoRegions.StartAsync(isAutomatic: false);

        var shown = await RunAsync(regions, "lever");
        Assert.True(shown.ExitCode == 0, shown.Output);
        Assert.Contains("us-west-2", shown.Output, StringComparison.Ordinal);

        await Task.WhenAll(
            AssertLeftAloneAsync(regions, 2, "us-west=5", "lever", "set", "us-east-1=95", "us-west=5", "--yes"),
            AssertLeftAloneAsync(regions, 2, "sum to 90", "lever", "set", "us-east-1=85", "us-west-2=5", "--yes"),
            AssertLeftAloneAsync(regions, 1, "us-west-2 is live", "lever", "set", "us-east-1=98", "us-west-2=2", "--yes"),
            AssertLeftAloneAsync(regions, 1, "Nobody is there to ask", "lever", "set", "us-east-1=90", "us-west-2=10"),
            AssertLeftAloneAsync(regions, 0, "set server regions/us-east-1 weight 60", "lever", "set", "us-east-1=60", "us-west-2=40", "--yes", "--dry-run"));

        var set = await RunAsync(regions, "lever", "set", "us-west-2=40", "us-east-1=60", "--yes");
        Assert.True(set.ExitCode == 0, set.Output);
        Assert.Equal([60, 40], await regions.Balancer.WeightsAsync());
        var auto = await RunAsync(regions, "lever", "auto", "--yes");
        Assert.True(auto.ExitCode == 0, auto.Output);
        Assert.Equal([95, 5], await regions.Balancer.WeightsAsync());

        var drill = await RunAsync(regions, "region", "drill", "--to", "us-west-2", "--for", "1s", "--yes");
        Assert.True(drill.ExitCode == 0, drill.Output);
        Assert.Contains("All traffic goes to us-west-2", drill.Output, StringComparison.Ordinal);
        Assert.Equal([95, 5], await regions.Balancer.WeightsAsync());

        await KillDrillAsync(regions);
        // The server in whose lake it was written down ends it.
        await regions.WaitForWeightsAsync(95, 5);

        var history = await regions.West.CallAsync("lever", "history", "--config", regions.West.Config);
        Assert.Equal(["set", "set", "drill", "drill-ended", "drill", "drill-ended"], Whats(history.Output));
    }

    private static async Task KillDrillAsync(TwoRegions regions)
    {
        await using var drill = regions.West.Start("region", "drill", "--to", "us-west-2", "--for", "2s", "--yes", "--config", regions.West.Config);
        await regions.WaitForWeightsAsync(0, 100);
        await Deadline.UntilAsync<object>(
            async () => Whats((await regions.West.CallAsync("lever", "history", "--config", regions.West.Config)).Output).Count() >= 5 ? drill : null,
            Deadline.Process,
            () => $"the drill is not in the history. It wrote:\n{drill.Output}");
        await drill.KillAsync();
    }

    private static IEnumerable<string> Whats(string history) =>
        history.Split('\n').Select(line => line.Split(' ')).Where(words => words.Length > 3 && words[2] is not "found").Select(words => words[2]);

    private static async Task AssertLeftAloneAsync(TwoRegions regions, int exitCode, string said, params string[] command)
    {
        var result = await RunAsync(regions, command);
        Assert.True(result.ExitCode == exitCode, result.Output);
        Assert.Contains(said, result.Output, StringComparison.Ordinal);
        Assert.Equal([95, 5], await regions.Balancer.WeightsAsync());
    }

    private static Task<CommandResult> RunAsync(TwoRegions regions, params string[] command) =>
        regions.West.CallAsync([.. command, "--config", regions.West.Config]);
}
