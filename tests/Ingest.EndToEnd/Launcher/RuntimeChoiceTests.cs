namespace Ingest.EndToEnd;

/// <summary><c>./ingest run</c> is a silo where Orleans can be had, else a single process, and says so once.</summary>
public sealed class RuntimeChoiceTests : IDisposable
{
    private const string Node = "src/Ingest.Node/Ingest.Node.csproj";
    private const string Silo = "src/Ingest.Silo/Ingest.Silo.csproj";
    private const string Started = "[src/Ingest.Silo/bin/Release/net10.0/Ingest.Silo.dll]";
    private const string StartedAlone = "[src/Ingest.Node/bin/Release/net10.0/Ingest.Node.dll]";
    private const string Without = "Running without Orleans, as a single process: ";

    private readonly LauncherCopy _copy = new();

    public void Dispose() => _copy.Dispose();

    [Fact]
    public async Task Where_Orleans_is_to_be_had_a_silo_runs_and_the_second_start_looks_up_nothing()
    {
        _copy.RestoreSays("");
        await _copy.RunAsync("run");
        var second = await _copy.RunAsync("run", "--port", "0");
        Assert.Equal(Started + "[--port][0]", second.Output);
        Assert.Equal([Silo], _copy.Builds);
        Assert.Equal(1, _copy.Restores);
    }

    [Fact]
    public async Task Where_no_source_has_Orleans_the_first_start_says_so_and_the_second_looks_up_nothing()
    {
        var first = await _copy.RunAsync("run");
        var second = await _copy.RunAsync("run");
        Assert.Contains(Without + "no package source has Microsoft.Orleans.Server\n", first.Output, StringComparison.Ordinal);
        Assert.EndsWith(StartedAlone, first.Output, StringComparison.Ordinal);
        Assert.Equal(StartedAlone, second.Output);
        Assert.Equal([Node], _copy.Builds);
        Assert.Equal(1, _copy.Restores);
    }

    [Fact]
    public async Task It_is_looked_up_again_when_versions_or_package_sources_change()
    {
        await _copy.RunAsync("run");
        await File.WriteAllTextAsync(Path.Combine(_copy.Home, "Directory.Packages.props"), "<Project><!-- newer --></Project>");
        await _copy.RunAsync("run");
        await File.WriteAllTextAsync(_copy.UserPackageSources, "<configuration />");
        _copy.RestoreSays("");
        var last = await _copy.RunAsync("run");
        Assert.EndsWith(Started, last.Output, StringComparison.Ordinal);
        Assert.Equal(3, _copy.Restores);
    }

    [Fact]
    public async Task A_reason_that_may_pass_is_told_as_it_is_and_not_remembered()
    {
        _copy.RestoreSays("/src/a.csproj : error NU1301: Unable to load the service index for source https://there.example. [/src/a.csproj]\n");
        var first = await _copy.RunAsync("run");
        Assert.Contains(Without + "NU1301: Unable to load the service index for source https://there.example.\n", first.Output, StringComparison.Ordinal);
        _copy.RestoreSays("");
        var second = await _copy.RunAsync("run");
        Assert.EndsWith(Started, second.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--runtime", "node")]
    [InlineData("--runtime=node")]
    [InlineData("--data", "d", "--runtime:node")]
    public async Task Node_is_obeyed_without_a_look_for_Orleans(params string[] arguments)
    {
        _copy.RestoreSays("");
        var result = await _copy.RunAsync(["run", .. arguments]);
        Assert.EndsWith(StartedAlone + string.Concat(arguments.Select(argument => $"[{argument}]")), result.Output, StringComparison.Ordinal);
        Assert.Equal(0, _copy.Restores);
    }

    [Fact]
    public async Task Orleans_is_obeyed_or_refused_and_looked_up_again()
    {
        await _copy.RunAsync("run");
        var refused = await _copy.RunAsync("run", "--runtime", "orleans");
        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith(
            "ingest: --runtime orleans cannot be had: no package source has Microsoft.Orleans.Server\n", refused.Output, StringComparison.Ordinal);
        _copy.RestoreSays("");
        var obeyed = await _copy.RunAsync("run", "--runtime", "orleans");
        Assert.EndsWith(Started + "[--runtime][orleans]", obeyed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_that_does_not_compile_is_an_error_and_no_reason_to_run_without()
    {
        _copy.RestoreSays("");
        var result = await _copy.RunAsync(_copy.Launcher, ["run"], buildExit: 1);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("a line of the compiler", result.Output, StringComparison.Ordinal);
        Assert.Equal([Silo], _copy.Builds);
    }

    [Fact]
    public async Task Without_building_it_starts_what_is_there()
    {
        await _copy.RunAsync("run");
        var alone = await _copy.RunAsync(_copy.Launcher, ["run"], noBuild: "1");
        var refused = await _copy.RunAsync(_copy.Launcher, ["run", "--runtime", "orleans"], noBuild: "1");
        _copy.RestoreSays("");
        await _copy.RunAsync("run", "--runtime", "orleans");
        var silo = await _copy.RunAsync(_copy.Launcher, ["run"], noBuild: "1");
        Assert.Equal(StartedAlone, alone.Output);
        Assert.Equal("ingest: Ingest.Silo is not built, and INGEST_NO_BUILD=1 forbids to build it.", refused.Output);
        Assert.Equal(Started, silo.Output);
    }
}
