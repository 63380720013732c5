using System.Text.Json;

namespace Ingest.Schemas;

/// <summary>Reads what is said of items.</summary>
internal static class ItemRules
{
    public static void Read(SchemaSource source, List<Keyword> keywords)
    {
        var (prefix, rest) = source.Version >= SchemaDialect.Draft202012
            ? (source.List("prefixItems"), source.Single("items"))
            : source.TryGet("items", out var items) && items.ValueKind == JsonValueKind.Array
                ? (source.List("items"), source.Single("additionalItems"))
                : (null, source.Single("items"));
        if (prefix is not null || rest is not null)
            keywords.Add(new ItemsKeyword(source.Site("items"), prefix ?? [], rest));

        if (source.Version >= SchemaDialect.Draft6 && source.Single("contains") is { } contains)
        {
            var counts = source.Version >= SchemaDialect.Draft201909 && source.Dialect.Validation;
            keywords.Add(new ContainsKeyword(
                source.Site("contains"),
                contains,
                min: (counts ? source.Count("minContains") : null) ?? 1,
                max: (counts ? source.Count("maxContains") : null) ?? int.MaxValue,
                marks: source.Version >= SchemaDialect.Draft202012));
        }
    }
}
