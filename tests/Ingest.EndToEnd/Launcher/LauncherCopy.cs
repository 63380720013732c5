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
        restore)
            echo "$2" >>"$FAKE_RESTORES"
            cat "$FAKE_RESTORE_ERRORS"
            [[ ! -s $FAKE_RESTORE_ERRORS ]]
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

    private const string NoOrleans =
        "/src/Ingest.Silo/Ingest.Silo.csproj : error NU1101: Unable to find package Microsoft.Orleans.Server. No packages exist with this id in source(s): nuget.org\n";

    private readonly TemporaryFolder _folder = new();

    public LauncherCopy()
    {
        foreach (var folder in new[] { "src/Ingest.Node", "src/Ingest.Silo", "src/tools", "../bin", "../user/.nuget/NuGet" })
            Directory.CreateDirectory(Path.Combine(Home, folder));
        File.Copy(Repository.Launcher, Launcher);
        File.Copy(Path.Combine(Repository.Root, "src", "tools", "restore-error"), Path.Combine(Home, "src", "tools", "restore-error"));
        File.WriteAllText(SourceFile, "first");
        RestoreSays(NoOrleans);
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

    /// <summary>Where the user says which package sources there are.</summary>
    public string UserPackageSources => _folder.Of("user/.nuget/NuGet/NuGet.Config");

    /// <summary>A folder that is not the launcher's.</summary>
    public string Elsewhere => _folder.Of("bin");

    /// <summary>The projects that were built, in order.</summary>
    public IReadOnlyList<string> Builds => File.Exists(_folder.Of("builds")) ? File.ReadAllLines(_folder.Of("builds")) : [];

    /// <summary>Number of times that packages were looked for.</summary>
    public int Restores => File.Exists(_folder.Of("restores")) ? File.ReadAllLines(_folder.Of("restores")).Length : 0;

    /// <summary>What a restore prints from now on; with an empty text it succeeds. At first, that no source has Orleans.</summary>
    public void RestoreSays(string errors) => File.WriteAllText(_folder.Of("restore errors"), errors);

    public Task<CommandResult> RunAsync(params string[] arguments) => RunAsync(Launcher, arguments);

    public Task<CommandResult> RunAsync(
        string launcher, string[] arguments, int buildExit = 0, int versionExit = 0, string noBuild = "") =>
        CommandResult.OfAsync(launcher, arguments, folder: Elsewhere, environment: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = $"{_folder.Of("bin")}:{Environment.GetEnvironmentVariable("PATH")}",
            ["FAKE_HOME"] = Home,
            ["FAKE_BUILDS"] = _folder.Of("builds"),
            ["FAKE_BUILD_EXIT"] = buildExit.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["FAKE_VERSION_EXIT"] = versionExit.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["FAKE_RESTORES"] = _folder.Of("restores"),
            ["FAKE_RESTORE_ERRORS"] = _folder.Of("restore errors"),
            ["HOME"] = _folder.Of("user"),
            ["INGEST_NO_BUILD"] = noBuild,
        });

    public void Dispose() => _folder.Dispose();
}
