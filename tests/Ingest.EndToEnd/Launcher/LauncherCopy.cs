namespace Ingest.EndToEnd;

/// <summary>A copy of the launcher in a folder of its own, with a source or two and a <c>dotnet</c> that only takes notes.</summary>
internal sealed class LauncherCopy : IDisposable
{
    private const string FakeDotnet =
        """
        #!/usr/bin/env bash
        case $1 in
        --version)
            exit "${FAKE_VERSION_EXIT:-0}"
            ;;
        build)
            echo "$2" >>"$FAKE_BUILDS"
            echo 'a line of the compiler'
            project=$(basename "$2" .csproj)
            mkdir -p "src/$project/bin/Release/net10.0" "src/$project/obj"
            touch "src/$project/bin/Release/net10.0/$project.dll"
            exit "${FAKE_BUILD_EXIT:-0}"
            ;;
        *)
            printf '[%s]' "${@#"$FAKE_HOME/"}"
            ;;
        esac
        """;

    private readonly TemporaryFolder _folder = new();

    public LauncherCopy()
    {
        Directory.CreateDirectory(Path.Combine(Home, "src", "Ingest.Node"));
        Directory.CreateDirectory(_folder.Of("bin"));
        File.Copy(Repository.Launcher, Launcher);
        File.WriteAllText(SourceFile, "first");
        foreach (var name in new[] { "Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig" })
            File.WriteAllText(Path.Combine(Home, name), "");
        var dotnet = Path.Combine(_folder.Of("bin"), "dotnet");
        File.WriteAllText(dotnet, FakeDotnet);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(dotnet, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Home => _folder.Of("a copy");

    public string Launcher => Path.Combine(Home, "ingest");

    public string SourceFile => Path.Combine(Home, "src", "Ingest.Node", "Program.cs");

    /// <summary>A folder that is not the launcher's.</summary>
    public string Elsewhere => _folder.Of("bin");

    /// <summary>The projects that were built, in order.</summary>
    public IReadOnlyList<string> Builds => File.Exists(_folder.Of("builds")) ? File.ReadAllLines(_folder.Of("builds")) : [];

    public Task<CommandResult> RunAsync(params string[] arguments) => RunAsync(Launcher, arguments);

    public Task<CommandResult> RunAsync(string launcher, string[] arguments, int buildExit = 0, int versionExit = 0) =>
        CommandResult.OfAsync(launcher, arguments, folder: Elsewhere, environment: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = $"{_folder.Of("bin")}:{Environment.GetEnvironmentVariable("PATH")}",
            ["FAKE_HOME"] = Home,
            ["FAKE_BUILDS"] = _folder.Of("builds"),
            ["FAKE_BUILD_EXIT"] = buildExit.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["FAKE_VERSION_EXIT"] = versionExit.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["INGEST_NO_BUILD"] = "",
        });

    public void Dispose() => _folder.Dispose();
}
