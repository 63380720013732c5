using System.Text;
using System.Text.Json;

namespace Ingest.Schemas.Tests;

/// <summary>Reads the official JSON Schema test suite.</summary>
internal static class OfficialSuite
{
    private const string RemoteBase = "http://localhost:1234/";

    public static string? Root => TestData.Folder("json-schema-suite");

    /// <summary>The cases of the files right in the folder of a draft, or in one below it.</summary>
    public static IReadOnlyList<SuiteCase> Read(string draft, string below = "", IEnumerable<string>? files = null)
    {
        if (Root is null)
            return [];
        var cases = new List<SuiteCase>();
        foreach (var path in Directory.GetFiles(Path.Combine(Root, "tests", draft, below), "*.json").Order(StringComparer.Ordinal))
        {
            var file = Path.GetFileNameWithoutExtension(path);
            if (files is not null && !files.Contains(file, StringComparer.Ordinal))
                continue;
            var name = below.Length == 0 ? file : $"{below}/{file}";
            foreach (var group in JsonElement.Parse(File.ReadAllBytes(path)).EnumerateArray())
            {
                foreach (var test in group.GetProperty("tests").EnumerateArray())
                {
                    cases.Add(new SuiteCase(
                        draft,
                        name,
                        group.GetProperty("description").GetString()!,
                        test.GetProperty("description").GetString()!,
                        group.GetProperty("schema"),
                        test.GetProperty("data"),
                        test.GetProperty("valid").GetBoolean()));
                }
            }
        }

        return cases;
    }

    /// <summary>Judges a case's instance by its schema.</summary>
    public static (bool IsValid, List<SchemaError>? Errors) Judge(SuiteCase test, bool? assertFormat = null)
    {
        var options = new SchemaOptions
        {
            Dialect = test.Draft switch
            {
                "draft4" => SchemaDialect.Draft4,
                "draft7" => SchemaDialect.Draft7,
                _ => SchemaDialect.Draft202012,
            },
            Resolver = ReadRemote,
            AssertFormat = assertFormat,
        };
        var schema = JsonSchema.Compile(Encoding.UTF8.GetBytes(test.Schema.GetRawText()), options);
        List<SchemaError>? errors = null;
        var isValid = schema.Validate(Encoding.UTF8.GetBytes(test.Instance.GetRawText()), ref errors);
        return (isValid, errors);
    }

    private static byte[]? ReadRemote(string uri)
    {
        if (!uri.StartsWith(RemoteBase, StringComparison.Ordinal))
            return null;
        var path = Path.Combine(Root!, "remotes", uri[RemoteBase.Length..]);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }
}
