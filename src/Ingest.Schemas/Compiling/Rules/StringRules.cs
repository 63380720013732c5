namespace Ingest.Schemas;

/// <summary>Reads <c>minLength</c>, <c>maxLength</c> and <c>pattern</c>.</summary>
internal static class StringRules
{
    public static void Read(SchemaSource source, List<Keyword> keywords)
    {
        if (source.Count("minLength") is { } min and > 0)
            keywords.Add(new LengthKeyword(source.Site("minLength"), min, isMaximum: false));
        if (source.Count("maxLength") is { } max)
            keywords.Add(new LengthKeyword(source.Site("maxLength"), max, isMaximum: true));
        if (source.Text("pattern") is { } pattern)
            keywords.Add(new PatternKeyword(source.Site("pattern"), source.Pattern("pattern", pattern)));
    }
}
