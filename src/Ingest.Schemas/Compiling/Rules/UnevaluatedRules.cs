namespace Ingest.Schemas;

/// <summary>Reads <c>unevaluatedProperties</c> and <c>unevaluatedItems</c>.</summary>
internal static class UnevaluatedRules
{
    public static UnevaluatedKeyword? Read(SchemaSource source)
    {
        if (source.Version < SchemaDialect.Draft201909)
            return null;
        var members = source.Single("unevaluatedProperties");
        var items = source.Single("unevaluatedItems");
        return members is null && items is null
            ? null
            : new UnevaluatedKeyword(source.Site("unevaluatedProperties"), members, items);
    }
}
