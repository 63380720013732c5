namespace Ingest.EndToEnd;

/// <summary>A copy of <c>tests/run</c> in a folder of its own, with three suites and a <c>dotnet</c> for which every test passes.</summary>
internal sealed class TestRunCopy : IDisposable
{
    private const string FakeDotnet =
        """
        #!/usr/bin/env bash
        case $1 in
        restore)
            cat "$FAKE_RESTORE_ERRORS"
            [[ ! -s $FAKE_RESTORE_ERRORS ]]
            ;;
        build)
            echo "$2" >>"$FAKE_BUILDS"
            ;;
        test)
            name=$(basename "$2" .csproj)
            if [[ $name == "$FAKE_HANGING" ]]; then
                echo '  Passed The_one_before_it [1 ms]'
                sleep infinity
            fi
            printf '<UnitTestResult testName="%s" outcome="Passed" />\n' "$name" >"artifacts/tests/$name.trx"
            ;;
        esac
        """;

    private readonly TemporaryFolder _folder = new();

    public TestRunCopy()
    {
        foreach (var folder in new[] { "src", "tests", "bin" })
            Directory.CreateDirectory(_folder.Of(folder));
        CopyTools("tests");
        CopyTools("src");
        File.Copy(Path.Combine(Repository.Root, "tests", "run"), Run);
        foreach (var project in new[] { "src/Ingest.Engine", "src/Ingest.Silo", "tests/Ingest.Engine.Tests", "tests/Ingest.Grains.Tests" })
        {
            Directory.CreateDirectory(_folder.Of(project));
            File.WriteAllText(_folder.Of(project, Path.GetFileName(project) + ".csproj"), "<Project />");
        }

        File.WriteAllText(
            _folder.Of("Ingest.WithoutOrleans.slnf"),
            """
            "src\\Ingest.Engine\\Ingest.Engine.csproj",
            "tests\\Ingest.Engine.Tests\\Ingest.Engine.Tests.csproj"
            """);
        RestoreSays("");
        File.WriteAllText(_folder.Of("bin", "dotnet"), FakeDotnet);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.Of("bin", "dotnet"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>What was built, in order.</summary>
    public IReadOnlyList<string> Builds => File.ReadAllLines(_folder.Of("builds"));

    private string Run => _folder.Of("tests", "run");

    /// <summary>What a restore prints from now on; with an empty text it succeeds.</summary>
    public void RestoreSays(string errors) => File.WriteAllText(_folder.Of("restore errors"), errors);

    /// <summary>Runs it.</summary>
    /// <param name="hanging">A suite that never ends; none when empty. A second without an end of a test is enough to stop it.</param>
    public Task<CommandResult> RunAsync(string hanging = "") =>
        CommandResult.OfAsync(Run, [], folder: _folder.Path, environment: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = $"{_folder.Of("bin")}:{Environment.GetEnvironmentVariable("PATH")}",
            ["FAKE_BUILDS"] = _folder.Of("builds"),
            ["FAKE_RESTORE_ERRORS"] = _folder.Of("restore errors"),
            ["FAKE_HANGING"] = hanging,
            ["INGEST_TEST_NO_SETUP"] = "1",
            ["INGEST_TEST_STALL"] = hanging.Length > 0 ? "1" : "900",
        });

    public void Dispose() => _folder.Dispose();

    private void CopyTools(string folder)
    {
        Directory.CreateDirectory(_folder.Of(folder, "tools"));
        foreach (var tool in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder, "tools")))
            File.Copy(tool, _folder.Of(folder, "tools", Path.GetFileName(tool)));
    }
}
