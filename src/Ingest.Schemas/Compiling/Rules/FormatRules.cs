namespace Ingest.Schemas;

/// <summary>Reads <c>format</c>.</summary>
internal static class FormatRules
{
    public static void Read(SchemaSource source, List<Keyword> keywords)
    {
        if (source.Text("format") is { } name
            && (source.Compiler.Options.AssertFormat ?? source.Dialect.AssertsFormat)
            && Format.Find(name) is { } check)
        {
            keywords.Add(new FormatKeyword(source.Site("format"), name, check));
        }
    }
}
