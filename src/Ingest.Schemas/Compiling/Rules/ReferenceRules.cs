namespace Ingest.Schemas;

/// <summary>Reads <c>$ref</c>, <c>$recursiveRef</c> and <c>$dynamicRef</c>.</summary>
internal static class ReferenceRules
{
    public static void Read(SchemaSource source, List<Keyword> keywords)
    {
        if (source.Text("$ref") is { } reference)
        {
            var site = source.Site("$ref");
            keywords.Add(new RefKeyword(site, source.Compiler.Resolve(source.Resource, site, reference).Node));
        }

        if (source.Version == SchemaDialect.Draft201909 && source.Text("$recursiveRef") is { } recursive)
            keywords.Add(Dynamic(source, "$recursiveRef", recursive, anchor: ""));
        if (source.Version == SchemaDialect.Draft202012 && source.Text("$dynamicRef") is { } dynamic)
            keywords.Add(Dynamic(source, "$dynamicRef", dynamic, UriReference.Parse(dynamic).Fragment ?? ""));
    }

    /// <summary>A reference is dynamic only where what it names at first is a dynamic anchor itself.</summary>
    private static Keyword Dynamic(SchemaSource source, string keyword, string reference, string anchor)
    {
        var site = source.Site(keyword);
        var (node, resource, place) = source.Compiler.Resolve(source.Resource, site, reference);
        if (!resource.DynamicAnchors.TryGetValue(anchor, out var dynamic) || dynamic.Key != place.Key)
            return new RefKeyword(site, node);
        var keywordNode = new DynamicRefKeyword(site, anchor, node);
        source.Compiler.BindLater(keywordNode);
        return keywordNode;
    }
}
