using System.Text.Json;

namespace Ingest.Schemas;

/// <summary>Reads what is said of members: by name, by pattern, of all others, and by dependence on each other.</summary>
internal static class MemberRules
{
    public static void Read(SchemaSource source, List<Keyword> keywords)
    {
        var schemas = source.Map("properties").ToDictionary(StringComparer.Ordinal);
        var required = (source.Dialect.Validation ? source.Names("required") ?? [] : []).ToHashSet(StringComparer.Ordinal);
        var rules = schemas.Keys.Union(required, StringComparer.Ordinal)
            .Select(name => new MemberRule(name, schemas.GetValueOrDefault(name), required.Contains(name)))
            .ToArray();
        MemberPattern[] patterns =
        [
            .. source.Map("patternProperties")
                .Select(member => new MemberPattern(source.Pattern("patternProperties", member.Name), member.Schema)),
        ];
        var additional = source.Single("additionalProperties");
        var names = source.Version >= SchemaDialect.Draft6 ? source.Single("propertyNames") : null;
        if (rules.Length > 0 || patterns.Length > 0 || additional is not null || names is not null)
            keywords.Add(new MembersKeyword(source.Node, rules, patterns, additional, names));

        ReadDependencies(source, keywords);
    }

    private static void ReadDependencies(SchemaSource source, List<Keyword> keywords)
    {
        if (source.Version >= SchemaDialect.Draft201909)
        {
            if (source.Dialect.Validation)
                AddRequired(source, keywords, "dependentRequired", isAlone: true);
            AddSchemas(source, keywords, "dependentSchemas", isAlone: true);
        }

        // Since 2019-09 split into the two above, but still understood.
        AddRequired(source, keywords, "dependencies", isAlone: false);
        AddSchemas(source, keywords, "dependencies", isAlone: false);
    }

    private static void AddRequired(SchemaSource source, List<Keyword> keywords, string keyword, bool isAlone)
    {
        if (!source.TryGet(keyword, out var value))
            return;
        if (value.ValueKind != JsonValueKind.Object)
            throw source.Error(keyword, "it must be an object");
        var rules = new List<(string, string[])>();
        foreach (var member in value.EnumerateObject())
        {
            if (!isAlone && member.Value.ValueKind != JsonValueKind.Array)
                continue;
            rules.Add((member.Name, SchemaSource.NamesOf(member.Value)
                ?? throw source.Error(keyword, $"\"{member.Name}\" must have an array of names (strings)")));
        }

        if (rules.Count > 0)
            keywords.Add(new DependentRequiredKeyword(source.Site(keyword), rules));
    }

    private static void AddSchemas(SchemaSource source, List<Keyword> keywords, string keyword, bool isAlone)
    {
        var rules = source.Map(keyword, value => isAlone || value.ValueKind != JsonValueKind.Array);
        if (rules.Count > 0)
            keywords.Add(new DependentSchemasKeyword(source.Site(keyword), rules));
    }
}
