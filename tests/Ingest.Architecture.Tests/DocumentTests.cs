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
    [InlineData("src/Ingest.Node/NodeOptions.cs")]
    public void Every_limit_is_in_the_list_of_limits(string source)
    {
        var limits = Repository.Read("docs/limits.md");
        var names = Property().Matches(Repository.Read(source)).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains($"`{name}`", limits, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_option_of_run_is_in_the_configuration_reference()
    {
        var reference = Repository.Read("docs/configuration.md");
        var options = Option().Matches(Repository.Read("src/Ingest.Node/Hosting/RunCommand.cs"))
            .Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal).ToList();
        Assert.True(options.Count > 5);
        Assert.All(options, option => Assert.Contains($"`{option}", reference, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"`((?:src|tests|docs|config)/[\w./-]+)`", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SourcePath();

    [GeneratedRegex(@"public \w+ (\w+) \{ get; init; \}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Property();

    [GeneratedRegex(@"""(--[a-z0-9-]+)""", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Option();
}
