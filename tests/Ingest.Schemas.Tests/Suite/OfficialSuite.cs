using System.Text;
using System.Text.Json;

namespace Ingest.Schemas.Tests;

/// <summary>Reads the official JSON Schema test suite and judges its cases.</summary>
internal static class OfficialSuite
{
    private const string RemoteBase = "http://localhost:1234/";

    public static string? Root => TestData.Folder("json-schema-suite");

    /// <summary>The groups of the files right in the folder of a draft, or in one below it.</summary>
    public static IReadOnlyList<SuiteGroup> Read(string draft, string below = "", IEnumerable<string>? files = null)
    {
        if (Root is null)
            return [];
        var groups = new List<SuiteGroup>();
        foreach (var path in Directory.GetFiles(Path.Combine(Root, "tests", draft, below), "*.json").Order(StringComparer.Ordinal))
        {
            var file = Path.GetFileNameWithoutExtension(path);
            if (files is not null && !files.Contains(file, StringComparer.Ordinal))
                continue;
            var name = below.Length == 0 ? file : $"{below}/{file}";
            groups.AddRange(JsonElement.Parse(File.ReadAllBytes(path)).EnumerateArray().Select(group => new SuiteGroup(
                draft,
                name,
                group.GetProperty("description").GetString()!,
                group.GetProperty("schema"),
                [
                    .. group.GetProperty("tests").EnumerateArray().Select(test => new SuiteCase(
                        test.GetProperty("description").GetString()!,
                        test.GetProperty("data"),
                        test.GetProperty("valid").GetBoolean())),
                ])));
        }

        return groups;
    }

    /// <summary>The cases of a group that get another verdict than the suite asks for.</summary>
    public static IReadOnlyList<string> FindWrong(SuiteGroup group, bool? assertFormat = null)
    {
        var schema = JsonSchema.Compile(Encoding.UTF8.GetBytes(group.Schema.GetRawText()), new SchemaOptions
        {
            Dialect = group.Draft switch
            {
                "draft4" => SchemaDialect.Draft4,
                "draft7" => SchemaDialect.Draft7,
                _ => SchemaDialect.Draft202012,
            },
            Resolver = ReadRemote,
            AssertFormat = assertFormat,
        });
        var wrong = new List<string>();
        foreach (var test in group.Cases)
        {
            List<SchemaError>? errors = null;
            var isValid = schema.Validate(Encoding.UTF8.GetBytes(test.Instance.GetRawText()), ref errors);
            if (isValid != test.IsValid || isValid != errors is null)
                wrong.Add($"{test.About}: should be {(test.IsValid ? "valid" : "invalid")}; {string.Join("; ", errors ?? [])}");
        }

        return wrong;
    }

    private static byte[]? ReadRemote(string uri)
    {
        if (!uri.StartsWith(RemoteBase, StringComparison.Ordinal))
            return null;
        var path = Path.Combine(Root!, "remotes", uri[RemoteBase.Length..]);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }
}
