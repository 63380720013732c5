using System.Text.RegularExpressions;

namespace Ingest.Architecture.Tests;

/// <summary>Documents that name things of the code go stale in silence unless something looks.</summary>
public sealed partial class DocumentTests
{
    private static readonly IReadOnlyList<string> Documents =
        [.. Directory.EnumerateFiles(Repository.Root, "*.md").Select(path => Path.GetFileName(path)), .. Repository.Files("docs", "*.md"), .. Repository.Files("tests", "*.md")];

    public static TheoryData<string> All => [.. Documents];

    [Theory]
    [MemberData(nameof(All))]
    public void Links_to_files_lead_somewhere(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
        var links = Link().Matches(Repository.Read(document)).Select(match => match.Groups[1].Value)
            .Where(link => !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith('#'));
        Assert.All(links, link => Assert.True(Path.Exists(Path.Combine(folder, link.Split('#')[0])), $"{document}: {link}"));
    }

    [Fact]
    public void Files_named_in_the_architecture_exist()
    {
        var paths = SourcePath().Matches(Repository.Read("ARCHITECTURE.md")).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(paths);
        Assert.All(paths, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
    }

    [Theory]
    [InlineData("src/Ingest.Engine/Limits.cs")]
    [InlineData("src/Ingest.Hosting/HostingOptions.cs")]
    [InlineData("src/Ingest.Engine/Relays/RelayLimits.cs")]
    [InlineData("src/Ingest.Grains/GrainOptions.cs")]
    [InlineData("src/Ingest.Regions/Watching/WatcherOptions.cs")]
    [InlineData("src/Ingest.Storage/Spills/SpillOptions.cs")]
    [InlineData("src/Ingest.Collector/CollectorLimits.cs")]
    [InlineData("src/Ingest.Schemas/SchemaLimits.cs")]
    [InlineData("src/Ingest.Tracker/TrackerOptions.cs")]
    public void Every_limit_is_in_the_list_of_limits(string source)
    {
        var limits = Repository.Read("docs/limits.md");
        var names = Property().Matches(Repository.Read(source)).Select(match => match.Groups["name"].Value).ToList();
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains($"`{name}`", limits, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_option_of_run_is_in_the_configuration_reference()
    {
        var reference = Repository.Read("docs/configuration.md");
        var commands = Repository.Read("src/Ingest.Hosting/Server/RunCommand.cs") + Repository.Read("src/Ingest.Silo/SiloCommand.cs");
        var options = Option().Matches(commands).Select(match => match.Groups[1].Value)
            .Concat(LakeOption().Matches(Repository.Read("src/Ingest.Storage/Lakes/LakeOption.cs")).Select(match => "--" + match.Groups[1].Value))
            .Distinct(StringComparer.Ordinal).ToList();
        Assert.True(options.Count > 16);
        Assert.All(options, option => Assert.Contains($"`{option}", reference, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("src/Ingest.Collector/Configuration/SettingsFile.cs")]
    [InlineData("src/Ingest.Collector/Configuration/SourceFile.cs")]
    [InlineData("src/Ingest.Collector/Configuration/RegionsFile.cs")]
    public void Every_key_is_in_the_configuration_reference(string source)
    {
        var reference = Repository.Read("docs/configuration.md");
        var keys = Key().Matches(Repository.Read(source)).Select(match => match.Groups[1].Value).ToList();
        Assert.True(keys.Count > 3);
        Assert.All(keys, key => Assert.Matches($@"`(\w+\.)?{key}`", reference));
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"`((?:src|tests|docs|config)/[\w./-]+)`", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SourcePath();

    [GeneratedRegex(
        @"public (?:\w+ (?<name>\w+) \{ get; init; \}|(?:int|long|TimeSpan) (?<name>\w+) \{ get; set; \})", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Property();

    [GeneratedRegex(@"""(--[a-z0-9-]+)""", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Option();

    [GeneratedRegex(@"new\(\s*""(s3-[a-z-]+)""", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LakeOption();

    [GeneratedRegex(@"(?:\.(?:Text|Texts|Bytes|Number|Time|Flag)\(|const string key = )""(\w+)""", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Key();
}
