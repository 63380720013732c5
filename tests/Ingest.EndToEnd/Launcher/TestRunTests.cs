namespace Ingest.EndToEnd;

/// <summary><c>./ingest test</c> runs what can be built, and counts what cannot as skipped, with the reason.</summary>
public sealed class TestRunTests : IDisposable
{
    private readonly TestRunCopy _copy = new();

    public void Dispose() => _copy.Dispose();

    [Fact]
    public async Task Where_every_package_is_to_be_had_the_solution_is_built_and_all_of_it_runs()
    {
        var run = await _copy.RunAsync();
        Assert.Equal(["Orleans.Ingest.sln"], _copy.Builds);
        Assert.Equal("2 passed, 0 failed, 0 skipped", run.Output.Split('\n')[^1]);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Where_Orleans_is_not_the_rest_runs_and_its_suites_are_skipped()
    {
        _copy.RestoreSays("a.csproj : error NU1101: Unable to find package Microsoft.Orleans.Server. No packages exist with this id in source(s): x\n");
        var run = await _copy.RunAsync();
        Assert.Equal(["Ingest.WithoutOrleans.slnf"], _copy.Builds);
        Assert.Contains(
            "\nWithout Orleans: no package source has Microsoft.Orleans.Server. Left out: Ingest.Grains.Tests Ingest.Silo\n",
            run.Output,
            StringComparison.Ordinal);
        Assert.EndsWith(
            "\nskipped 1 in Ingest.Grains.Tests: without Orleans: no package source has Microsoft.Orleans.Server\n1 passed, 0 failed, 1 skipped",
            run.Output,
            StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Another_reason_is_told_as_it_is()
    {
        _copy.RestoreSays("a.csproj : error NU1301: Unable to load the service index. [a.sln]\n");
        var run = await _copy.RunAsync();
        Assert.Contains("\nWithout Orleans: NU1301: Unable to load the service index. Left out:", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("1 passed, 0 failed, 1 skipped", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suite_that_hangs_is_stopped_shown_and_counts_as_failed()
    {
        var run = await _copy.RunAsync(hanging: "Ingest.Grains.Tests");
        Assert.Contains("Ingest.Grains.Tests did not finish. The end of its output:\n  Passed The_one_before_it", run.Output, StringComparison.Ordinal);
        Assert.Contains("\nNo test has ended for 1 s: stopped.\n", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n1 passed, 1 failed, 0 skipped", run.Output, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }
}
