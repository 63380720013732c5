using System.Globalization;

namespace Ingest.Cluster.EndToEnd;

/// <summary>
/// The configuration of a test cluster: sources with the schemas of the tests' events. Together they have enough partitions
/// that every one of three silos hosts some.
/// </summary>
internal static class TestSources
{
    /// <summary>The source that has a single partition at first.</summary>
    public const string Narrow = "clicks";

    /// <summary>Names, with the number of partitions at first. The first one takes what Snowplow trackers send.</summary>
    private static readonly (string Name, int Partitions)[] All = [("shop", 12), ("orders", 8), ("visits", 8), (Narrow, 1)];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(source => source.Name)];

    /// <summary>Writes the folder that <c>--config</c> names.</summary>
    public static void Write(string folder)
    {
        var schemas = Path.Combine(Repository.Config, "schemas");
        foreach (var path in Directory.EnumerateFiles(schemas, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, "schemas", Path.GetRelativePath(schemas, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }

        var sources = Directory.CreateDirectory(Path.Combine(folder, "sources")).FullName;
        foreach (var (name, partitions) in All)
        {
            var snowplow = name == All[0].Name ? """, "snowplow": { "default": true }""" : "";
            File.WriteAllText(
                Path.Combine(sources, name + ".json"),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""{ "name": "{{name}}", "writeKeys": ["{{name}}-key"], "partitions": {{partitions}}, "unknownSchema": "quarantine"{{snowplow}} }"""));
        }
    }
}
