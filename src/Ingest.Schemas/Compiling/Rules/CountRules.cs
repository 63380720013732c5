namespace Ingest.Schemas;

/// <summary>Reads the bounds on counts of items and members, and <c>uniqueItems</c>.</summary>
internal static class CountRules
{
    public static void Read(SchemaSource source, List<Keyword> keywords)
    {
        ReadBound("minItems", JsonTypes.Array, isMaximum: false);
        ReadBound("maxItems", JsonTypes.Array, isMaximum: true);
        ReadBound("minProperties", JsonTypes.Object, isMaximum: false);
        ReadBound("maxProperties", JsonTypes.Object, isMaximum: true);
        if (source.Flag("uniqueItems") == true)
            keywords.Add(new UniqueItemsKeyword(source.Site("uniqueItems")));

        void ReadBound(string keyword, JsonTypes type, bool isMaximum)
        {
            if (source.Count(keyword) is { } bound)
                keywords.Add(new CountKeyword(source.Site(keyword), type, bound, isMaximum));
        }
    }
}
