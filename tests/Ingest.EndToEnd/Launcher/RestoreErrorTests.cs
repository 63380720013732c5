namespace Ingest.EndToEnd;

/// <summary>Why packages cannot be restored is read from what dotnet really says.</summary>
public sealed class RestoreErrorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Packages_that_no_source_has_are_named()
    {
        Directory.CreateDirectory(_folder.Of("packages"));
        Assert.Equal(
            (0, "no package source has Microsoft.Orleans.Reminders, Microsoft.Orleans.Server"),
            await RestoreAsync(_folder.Of("packages"), "Microsoft.Orleans.Reminders", "Microsoft.Orleans.Server"));
    }

    [Fact]
    public async Task A_long_list_is_cut()
    {
        Directory.CreateDirectory(_folder.Of("packages"));
        Assert.Equal(
            (0, "no package source has Ingest.Absent.A, Ingest.Absent.B, Ingest.Absent.C and 2 more"),
            await RestoreAsync(
                _folder.Of("packages"), "Ingest.Absent.A", "Ingest.Absent.B", "Ingest.Absent.C", "Ingest.Absent.D", "Ingest.Absent.E"));
    }

    [Fact]
    public async Task A_source_that_cannot_be_reached_is_told_in_dotnets_words()
    {
        var (exitCode, reason) = await RestoreAsync(_folder.Of("nowhere"), "Microsoft.Orleans.Server");
        Assert.Equal(1, exitCode);
        Assert.StartsWith("NU1301: ", reason, StringComparison.Ordinal);
        Assert.Contains(_folder.Of("nowhere"), reason, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Reason)> RestoreAsync(string source, params string[] packages)
    {
        var references = packages.Select(package => $"""<PackageReference Include="{package}" Version="1.0.0" />""");
        await File.WriteAllTextAsync(
            _folder.Of("a.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup>{string.Concat(references)}</ItemGroup>
            </Project>
            """);
        await File.WriteAllTextAsync(
            _folder.Of("NuGet.Config"),
            $"""
            <configuration>
              <packageSources><clear /><add key="only" value="{source}" /></packageSources>
              <packageSourceMapping><clear /></packageSourceMapping>
            </configuration>
            """);
        var restored = await CommandResult.OfAsync(
            "dotnet",
            ["restore", "-nologo"],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["NUGET_PACKAGES"] = _folder.Of("restored") },
            _folder.Path);
        Assert.NotEqual(0, restored.ExitCode);
        await File.WriteAllTextAsync(_folder.Of("log"), restored.Output);
        var told = await CommandResult.OfAsync(Path.Combine(Repository.Root, "src", "tools", "restore-error"), [_folder.Of("log")]);
        return (told.ExitCode, told.Output);
    }
}
