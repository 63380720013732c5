namespace Ingest.Schemas;

/// <summary>Reads the keywords that combine subschemas: <c>allOf</c>, <c>anyOf</c>, <c>oneOf</c>, <c>not</c>, <c>if</c>.</summary>
internal static class AlternativeRules
{
    public static void Read(SchemaSource source, List<Keyword> keywords)
    {
        if (source.List("allOf") is { } all)
            keywords.Add(new AllOfKeyword(source.Site("allOf"), all));
        if (source.List("anyOf") is { } any)
            keywords.Add(new AnyOfKeyword(source.Site("anyOf"), any));
        if (source.List("oneOf") is { } one)
            keywords.Add(new OneOfKeyword(source.Site("oneOf"), one));
        if (source.Single("not") is { } not)
            keywords.Add(new NotKeyword(source.Site("not"), not));
        if (source.Version >= SchemaDialect.Draft7 && source.Single("if") is { } condition)
            keywords.Add(new ConditionalKeyword(source.Site("if"), condition, source.Single("then"), source.Single("else")));
    }
}
