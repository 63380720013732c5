using System.Globalization;

namespace Ingest.Simulation.Tests;

/// <summary>All rules hold in every history; and a seed can be replayed.</summary>
public sealed class HistoryTests
{
    // "./ingest simulate" runs as many as one wishes.
    private const int Seeds = 2_000;

    // On a busy machine fewer seeds are run, rather than holding up the other tests.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(75);

    [Fact]
    public void All_rules_hold_in_all_histories()
    {
        var runner = new SeedRunner(1, Seeds, Longest);
        runner.Run(failure => TestContext.Current.TestOutputHelper?.WriteLine(SimulateCommand.Describe(failure)));
        TestContext.Current.TestOutputHelper?.WriteLine("measured: " + SimulateCommand.Describe(runner));
        Assert.Empty(runner.Failures.Select(SimulateCommand.Describe));
        Assert.True(runner.Ended >= 100, $"only {runner.Ended} histories were run");
        Assert.True(runner.Accepted > runner.Ended, "the histories hardly accept an event");
        Assert.True(runner.Bridged > runner.Ended / 10, $"only {runner.Bridged} objects were relayed");
        Assert.True(runner.Spilled > runner.Ended / 10, $"only {runner.Spilled} requests were spilled");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(19)]
    [InlineData(14)]
    public void The_same_seed_makes_the_same_history(int seed)
    {
        var first = History.Run(seed);
        var second = History.Run(seed, keepsLines: true);
        Assert.Equal((first.Steps, first.Trace.Checksum), (second.Steps, second.Trace.Checksum));
        Assert.NotEqual(first.Trace.Checksum, History.Run(seed + 1).Trace.Checksum);
    }

    [Fact]
    public void A_failing_seed_fails_at_the_same_step_again()
    {
        var mistake = Mistake.All[0];
        var seed = Enumerable.Range(1, 100).First(seed => History.Run(seed, mistake).Violation is not null);
        Assert.Equal(History.Run(seed, mistake).Violation, History.Run(seed, mistake).Violation);
    }

    [Fact]
    public async Task Another_process_makes_the_same_history_of_a_seed()
    {
        const int seed = 3;
        var start = new System.Diagnostics.ProcessStartInfo("dotnet")
        {
            ArgumentList = { typeof(History).Assembly.Location, "--seed", seed.ToString(CultureInfo.InvariantCulture) },
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = System.Diagnostics.Process.Start(start)!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(2));
        var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        Assert.Contains(SimulateCommand.Describe(History.Run(seed)), output, StringComparison.Ordinal);
    }
}
