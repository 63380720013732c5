namespace Ingest.Schemas;

/// <summary>How a schema is compiled.</summary>
public sealed record SchemaOptions
{
    internal static SchemaOptions Default { get; } = new();

    /// <summary>The dialect of a schema that has no <c>$schema</c>.</summary>
    public SchemaDialect Dialect { get; init; } = SchemaDialect.Draft202012;

    /// <summary>
    /// Where the schema comes from: stands in error locations, and relative references start from it. A <c>$id</c> in the
    /// schema overrides it. An absolute URI without fragment, or empty.
    /// </summary>
    public string BaseUri { get; init; } = "";

    /// <summary>
    /// Gives the bytes of another document by its absolute URI, or null where there is none. Asked only while compiling.
    /// Nothing is ever fetched from the network; the metaschemas of all dialects are built in.
    /// </summary>
    public Func<string, byte[]?>? Resolver { get; init; }

    /// <summary>
    /// Whether <c>format</c> rejects. Null does what the dialect says: yes for drafts 4 to 7, no for 2019-09 and 2020-12
    /// unless the metaschema names the format-assertion vocabulary. Formats that are not known never reject.
    /// </summary>
    public bool? AssertFormat { get; init; }

    /// <summary>Bounds on the schema and on the instances judged by it.</summary>
    public SchemaLimits Limits { get; init; } = SchemaLimits.Default;
}
