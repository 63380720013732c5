using System.Text;
using System.Text.Json;

namespace Ingest.Fuzz;

/// <summary>Schemas with a document each: those written by hand, and the JSON Schema suite where its data are there.</summary>
internal static class SchemaCorpus
{
    /// <summary>Stands between schema and document: no JSON has it.</summary>
    public const byte Separator = 0;

    private static readonly (string Schema, string Document)[] Pairs =
    [
        ("true", "1"),
        ("{}", "{\"a\":[1,\"x\",null]}"),
        ("{\"type\":[\"object\",\"null\"],\"required\":[\"a\"],\"properties\":{\"a\":{\"minimum\":0,\"exclusiveMaximum\":10,\"multipleOf\":0.1}}}", "{\"a\":9.9}"),
        ("{\"$ref\":\"#\"}", "[]"),
        ("{\"$defs\":{\"t\":{\"items\":{\"$ref\":\"#/$defs/t\"},\"maxItems\":2}},\"$ref\":\"#/$defs/t\"}", "[[[]],[]]"),
        ("{\"$id\":\"https://x.example/s\",\"$dynamicAnchor\":\"n\",\"properties\":{\"c\":{\"$dynamicRef\":\"#n\"}},\"unevaluatedProperties\":false}", "{\"c\":{\"c\":{\"d\":1}}}"),
        ("{\"anyOf\":[{\"const\":1.0},{\"enum\":[\"a\",{\"b\":[2e0]}]}],\"not\":{\"type\":\"string\"}}", "{\"b\":[2]}"),
        ("{\"oneOf\":[{\"required\":[\"a\"]},{\"required\":[\"b\"]}],\"dependentRequired\":{\"a\":[\"b\"]},\"dependentSchemas\":{\"b\":{\"minProperties\":2}}}", "{\"a\":1,\"b\":2}"),
        ("{\"if\":{\"contains\":{\"type\":\"integer\"}},\"then\":{\"uniqueItems\":true},\"else\":{\"prefixItems\":[true,false]},\"minContains\":1,\"maxContains\":3}", "[1,1.0,\"x\"]"),
        ("{\"pattern\":\"^(a+)+$\",\"minLength\":2,\"maxLength\":5,\"format\":\"date-time\"}", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\""),
        ("{\"pattern\":\"^(?=.*\\\\d)(?!.*\\\\s)[\\\\w\\\\-]{3,}$\"}", "\"gr\u00fcn1😀\""),
        ("{\"patternProperties\":{\"^[a-z]+$\":{\"type\":\"number\"}},\"additionalProperties\":false,\"propertyNames\":{\"maxLength\":3}}", "{\"abcd\":1,\"B\":2}"),
        ("{\"format\":\"uri\"}", "\"https://u:p@[::1]:80/a%20b?c#d\""),
        ("{\"format\":\"email\"}", "\"\\\"a b\\\"@[127.0.0.1]\""),
        ("{\"format\":\"uri-template\"}", "\"/a{?b,c*}{/d:3}\""),
        ("{\"format\":\"regex\"}", "\"(?<a>x)\\\\k<a>[\""),
        ("{\"format\":\"duration\"}", "\"P1Y2M3DT4H5M6S\""),
        ("{\"format\":\"json-pointer\"}", "\"/a~1b~0/0\""),
        ("{\"format\":\"idn-email\"}", "\"\\ud83d\\ude00@x.example\""),
        ("{\"$schema\":\"http://json-schema.org/draft-04/schema#\",\"id\":\"http://x/\",\"maximum\":3,\"exclusiveMaximum\":true,\"items\":[{\"type\":\"integer\"}],\"additionalItems\":false}", "[3,4]"),
        ("{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"definitions\":{\"a\":{\"$id\":\"#a\",\"const\":1e400}},\"allOf\":[{\"$ref\":\"#a\"}]}", "1e400"),
        ("{\"$schema\":\"https://json-schema.org/draft/2019-09/schema\",\"$recursiveAnchor\":true,\"unevaluatedItems\":{\"$recursiveRef\":\"#\"}}", "[[1]]"),
        ("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$ref\":\"https://json-schema.org/draft/2020-12/schema\"}", "{\"type\":\"nothing\"}"),
        ("{\"multipleOf\":1e-99999}", "1e99999"),
        ("{\"minLength\":-1}", "\"\""),
        ("{\"type\":\"objekt\"}", "{}"),
        ("{\"$ref\":\"other.json#/a/0/~01%25\"}", "{}"),
        ("{\"$anchor\":\"a\",\"$defs\":{\"b\":{\"$anchor\":\"a\"}}}", "{}"),
        ("{\"const\":{\"a\":\"\\ud83d\\ude00\"}}", "{\"a\":\"😀\",\"a\":\"\\ud83d\\ude00\"}"),
    ];

    private static readonly Lazy<IReadOnlyList<byte[]>> FromSuite = new(ReadSuite);

    /// <summary>Those written by hand.</summary>
    public static IReadOnlyList<byte[]> ByHand { get; } =
        [.. Pairs.Select(pair => Join(Encoding.UTF8.GetBytes(pair.Schema), Encoding.UTF8.GetBytes(pair.Document)))];

    /// <summary>The cases of the suite; empty where its data are not there. Without those that name Unicode's categories.</summary>
    public static IReadOnlyList<byte[]> Suite => FromSuite.Value;

    public static byte[] Join(ReadOnlySpan<byte> schema, ReadOnlySpan<byte> document) => [.. schema, Separator, .. document];

    private static List<byte[]> ReadSuite()
    {
        if (FindSuite() is not { } folder)
            return [];
        var files = new[] { "draft4", "draft7", "draft2020-12" }
            .SelectMany(draft => Directory.GetFiles(Path.Combine(folder, "tests", draft), "*.json", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal);
        return
        [
            .. from file in files
               from @group in JsonElement.Parse(File.ReadAllBytes(file)).EnumerateArray()
               from test in @group.GetProperty("tests").EnumerateArray()
               let schema = Raw(@group.GetProperty("schema"))
               // The framework builds 140 MB for each \p{…}, and takes half a second.
               where schema.AsSpan().IndexOf("\\\\p"u8) < 0
               select Join(schema, Raw(test.GetProperty("data"))),
        ];
    }

    private static byte[] Raw(JsonElement element) => Encoding.UTF8.GetBytes(element.GetRawText());

    /// <summary>Where test data are: <c>INGEST_TEST_DATA</c>, or a folder <c>shared/data</c> above.</summary>
    private static string? FindSuite()
    {
        const string name = "json-schema-suite";
        if (Environment.GetEnvironmentVariable("INGEST_TEST_DATA") is { Length: > 0 } named)
            return Directory.Exists(Path.Combine(named, name)) ? Path.Combine(named, name) : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", name);
            if (Directory.Exists(candidate))
                return candidate;
        }
        return null;
    }
}
