using System.Text;

namespace Ingest.Schemas.Tests;

/// <summary>The public schemas of Iglu Central, as a folder of schemas that people really use.</summary>
public sealed class IgluCentralTests
{
    /// <summary>Schemas that are themselves broken, each with the reason.</summary>
    private static readonly Dictionary<string, string> s_broken = new(StringComparer.Ordinal)
    {
        ["iglu:com.snowplowanalytics.snowplow/elasticsearch_enriched_event/jsonschema/1-0-1"] = "It defines doc_height 17 times.",
        ["iglu:com.snowplowanalytics.snowplow/elasticsearch_enriched_event/jsonschema/2-0-0"] = "It defines doc_height 17 times.",
    };

    [Fact]
    public void Every_schema_compiles()
    {
        var root = TestData.Folder("iglu-central");
        Assert.SkipWhen(root is null, TestData.Missing);
        var folder = new SchemaFolder(root!);
        var schemas = Path.Combine(root!, "schemas");

        var results = Directory.GetFiles(schemas, "*", SearchOption.AllDirectories)
            .Select(file => "iglu:" + Path.GetRelativePath(schemas, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(uri => uri.Contains("/jsonschema/", StringComparison.Ordinal))
            .Select(uri => (Uri: uri, Lookup: folder.Find(Encoding.UTF8.GetBytes(uri))))
            .ToList();

        Assert.True(results.Count >= 600);
        var wrong = results
            .Where(result => (result.Lookup.Status == SchemaLookupStatus.Found) == s_broken.ContainsKey(result.Uri))
            .Select(result => $"{result.Uri}: {result.Lookup.Message}");
        Assert.True(!wrong.Any(), string.Join(Environment.NewLine, wrong));
    }
}
