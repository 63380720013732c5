using System.Text.Json;
using System.Xml.Linq;

namespace Ingest.Architecture.Tests;

/// <summary>Dependencies point one way: Engine, Schemas ← Storage, Collector ← runtimes ← commands.</summary>
public sealed class DependencyTests
{
    // What each project may reference. A project that is not listed fails: its place must be decided here.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Ingest.Engine"] = [],
        ["Ingest.Schemas"] = [],
        ["Ingest.Storage"] = ["Ingest.Engine"],
        ["Ingest.Regions"] = ["Ingest.Engine"],
        ["Ingest.Collector"] = ["Ingest.Engine", "Ingest.Schemas", "Ingest.Regions"],
        ["Ingest.Hosting"] = ["Ingest.Engine", "Ingest.Storage", "Ingest.Collector", "Ingest.Regions"],
        ["Ingest.Node"] = ["Ingest.Engine", "Ingest.Storage", "Ingest.Collector", "Ingest.Hosting"],
        ["Ingest.Grains"] = ["Ingest.Engine", "Ingest.Storage", "Ingest.Collector", "Ingest.Hosting"],
        ["Ingest.Silo"] = ["Ingest.Engine", "Ingest.Storage", "Ingest.Collector", "Ingest.Hosting", "Ingest.Node", "Ingest.Grains"],
        ["Ingest.Bench"] = ["Ingest.Engine", "Ingest.Storage"],
        // Runs in its users' programs: nothing of the server comes with it.
        ["Ingest.Tracker"] = [],
        ["Ingest.Cli"] = ["Ingest.Engine", "Ingest.Storage", "Ingest.Collector", "Ingest.Regions"],
        ["Ingest.Bench.Parts"] = ["Ingest.Engine", "Ingest.Schemas", "Ingest.Collector", "Ingest.Bench"],
    };

    public static TheoryData<string> Projects => [.. Repository.Files("src", "*.csproj")];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_lies_below_it(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        Assert.True(Allowed.TryGetValue(name, out var allowed), $"{name} has no place in the order of dependencies yet");
        var references = Values(path, "ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference));
        Assert.Subset(allowed!.ToHashSet(StringComparer.Ordinal), references.ToHashSet(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("src/Ingest.Engine/Ingest.Engine.csproj")]
    [InlineData("src/Ingest.Schemas/Ingest.Schemas.csproj")]
    public void The_pure_projects_reference_the_base_library_alone(string path)
    {
        Assert.Empty(Values(path, "PackageReference"));
        Assert.Empty(Values(path, "FrameworkReference"));
        Assert.Empty(Values(path, "ProjectReference"));
    }

    [Fact]
    public void Every_package_has_its_reason_in_writing()
    {
        var reasons = Repository.Read("docs/dependencies.md");
        var packages = Values("Directory.Packages.props", "PackageVersion");
        Assert.NotEmpty(packages);
        Assert.All(packages, package => Assert.Contains($"`{package}`", reasons, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Read("Orleans.Ingest.sln").Replace('\\', '/');
        var projects = Repository.Files("src", "*.csproj").Concat(Repository.Files("tests", "*.csproj")).ToList();
        Assert.True(projects.Count > 6);
        Assert.All(projects, project => Assert.Contains(project, solution, StringComparison.Ordinal));
    }

    [Fact]
    public void The_filter_without_Orleans_has_every_project_that_does_without()
    {
        using var filter = JsonDocument.Parse(Repository.Read("Ingest.WithoutOrleans.slnf"));
        var listed = filter.RootElement.GetProperty("solution").GetProperty("projects").EnumerateArray()
            .Select(project => project.GetString()!.Replace('\\', '/'));
        var projects = Repository.Files("src", "*.csproj").Concat(Repository.Files("tests", "*.csproj")).ToList();
        Assert.Contains(projects, NeedsOrleans);
        Assert.Equal(projects.Where(project => !NeedsOrleans(project)), listed.Order(StringComparer.Ordinal));
    }

    private static bool NeedsOrleans(string path) =>
        Values(path, "PackageReference").Any(package => package.StartsWith("Microsoft.Orleans.", StringComparison.Ordinal))
        || Values(path, "ProjectReference").Any(reference => NeedsOrleans(Resolve(path, reference)));

    private static string Resolve(string project, string reference) => Path.GetRelativePath(
        Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(project)!, reference)));

    private static IReadOnlyList<string> Values(string path, string item) =>
    [
        .. XDocument.Parse(Repository.Read(path)).Descendants(item)
            .Select(element => element.Attribute("Include")!.Value.Replace('\\', '/')),
    ];
}
