namespace Ingest.EndToEnd;

/// <summary>The launcher builds when it must and only then, and starts the right program from anywhere.</summary>
public sealed class LauncherTests : IDisposable
{
    private const string Node = "src/Ingest.Node/Ingest.Node.csproj";
    private const string Cli = "src/Ingest.Cli/Ingest.Cli.csproj";

    private readonly LauncherCopy _copy = new();

    public void Dispose() => _copy.Dispose();

    [Fact]
    public async Task The_second_start_builds_nothing_and_says_nothing()
    {
        await _copy.RunAsync("run");
        var second = await _copy.RunAsync("run", "--data", "a folder");
        Assert.Equal([Node], _copy.Builds);
        Assert.Equal("[src/Ingest.Node/bin/Release/net10.0/Ingest.Node.dll][--data][a folder]", second.Output);
    }

    [Fact]
    public async Task A_changed_an_added_and_a_removed_source_are_each_built()
    {
        var added = Path.ChangeExtension(_copy.SourceFile, ".More.cs");
        await _copy.RunAsync("run");
        await File.WriteAllTextAsync(_copy.SourceFile, "second");
        await _copy.RunAsync("run");
        // Older than the build, as a file that is moved in from elsewhere may be.
        await File.WriteAllTextAsync(added, "more");
        File.SetLastWriteTimeUtc(added, DateTime.UnixEpoch);
        await _copy.RunAsync("run");
        File.Delete(added);
        await _copy.RunAsync("run");
        await _copy.RunAsync("run");
        Assert.Equal([Node, Node, Node, Node], _copy.Builds);
    }

    [Fact]
    public async Task Other_verbs_and_help_go_to_the_command_line_tool()
    {
        var audit = await _copy.RunAsync("audit", "--data", "d");
        var help = await _copy.RunAsync("--help");
        var nothing = await _copy.RunAsync();
        Assert.Equal([Cli], _copy.Builds);
        Assert.EndsWith("[src/Ingest.Cli/bin/Release/net10.0/Ingest.Cli.dll][audit][--data][d]", audit.Output, StringComparison.Ordinal);
        Assert.Equal("[src/Ingest.Cli/bin/Release/net10.0/Ingest.Cli.dll][--help]", help.Output);
        Assert.Equal(help.Output, nothing.Output);
    }

    [Fact]
    public async Task It_finds_its_sources_through_a_symbolic_link()
    {
        var link = Path.Combine(_copy.Elsewhere, "linked");
        File.CreateSymbolicLink(link, _copy.Launcher);
        var result = await _copy.RunAsync(link, ["run"]);
        Assert.Equal(0, result.ExitCode);
        Assert.EndsWith("[src/Ingest.Node/bin/Release/net10.0/Ingest.Node.dll]", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_build_shows_the_compilers_words_and_is_tried_again()
    {
        var failed = await _copy.RunAsync(_copy.Launcher, ["run"], buildExit: 1);
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("a line of the compiler", failed.Output, StringComparison.Ordinal);
        var again = await _copy.RunAsync("run");
        Assert.Equal(0, again.ExitCode);
        Assert.Equal([Node, Node], _copy.Builds);
    }

    [Fact]
    public async Task It_says_how_to_get_the_sdk_where_it_is_missing()
    {
        var result = await _copy.RunAsync(_copy.Launcher, ["run"], versionExit: 1);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("https://dotnet.microsoft.com/download", result.Output, StringComparison.Ordinal);
        Assert.Empty(_copy.Builds);
    }
}
