namespace Ingest.Schemas;

/// <summary>Reads <c>minimum</c>, <c>maximum</c>, their exclusive forms, and <c>multipleOf</c>.</summary>
internal static class NumberRules
{
    public static void Read(SchemaSource source, List<Keyword> keywords)
    {
        ReadBound(source, keywords, "minimum", "exclusiveMinimum", isMaximum: false);
        ReadBound(source, keywords, "maximum", "exclusiveMaximum", isMaximum: true);
        if (source.Number("multipleOf") is { } divisor)
        {
            var value = JsonNumber.Parse(divisor);
            if (value.IsZero || value.IsNegative)
                throw source.Error("multipleOf", "it must be above 0");
            keywords.Add(new MultipleOfKeyword(source.Site("multipleOf"), divisor));
        }
    }

    private static void ReadBound(
        SchemaSource source, List<Keyword> keywords, string inclusive, string exclusive, bool isMaximum)
    {
        // Draft 4 has one bound, and a flag that excludes it.
        var isExclusive = source.Version == SchemaDialect.Draft4 && source.Flag(exclusive) == true;
        if (source.Number(inclusive) is { } bound)
            keywords.Add(new BoundKeyword(source.Site(isExclusive ? exclusive : inclusive), bound, isMaximum, isExclusive));
        if (source.Version >= SchemaDialect.Draft6 && source.Number(exclusive) is { } excluded)
            keywords.Add(new BoundKeyword(source.Site(exclusive), excluded, isMaximum, isExclusive: true));
    }
}
