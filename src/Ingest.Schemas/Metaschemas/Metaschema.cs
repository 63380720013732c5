namespace Ingest.Schemas;

/// <summary>The metaschemas of the dialects, which schemas may refer to as to any other schema.</summary>
internal static class Metaschema
{
    /// <summary>The bytes of a metaschema by its URI, or null.</summary>
    public static byte[]? Find(string uri) => uri switch
    {
        "http://json-schema.org/draft-04/schema" => Read("draft4.json"),
        "http://json-schema.org/draft-06/schema" => Read("draft6.json"),
        "http://json-schema.org/draft-07/schema" => Read("draft7.json"),
        "https://json-schema.org/draft/2019-09/schema" => Read("draft2019-09.json"),
        "https://json-schema.org/draft/2020-12/schema" => Read("draft2020-12.json"),
        _ => null,
    };

    private static byte[] Read(string name)
    {
        using var stream = typeof(Metaschema).Assembly.GetManifestResourceStream(typeof(Metaschema), name)
            ?? throw new InvalidOperationException($"The metaschema {name} is not in the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
