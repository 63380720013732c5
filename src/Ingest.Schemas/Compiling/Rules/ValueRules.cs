using System.Text.Json;

namespace Ingest.Schemas;

/// <summary>Reads <c>type</c>, <c>enum</c> and <c>const</c>.</summary>
internal static class ValueRules
{
    public static void Read(SchemaSource source, List<Keyword> keywords)
    {
        if (source.TryGet("type", out var type))
        {
            keywords.Add(new TypeKeyword(
                source.Site("type"), TypesOf(source, type), integersAsWritten: source.Version == SchemaDialect.Draft4));
        }

        if (source.TryGet("enum", out var values))
        {
            if (values.ValueKind != JsonValueKind.Array)
                throw source.Error("enum", "it must be an array of the values that are allowed");
            keywords.Add(new EnumKeyword(
                source.Site("enum"), [.. values.EnumerateArray().Select(value => Constant(source, "enum", value))]));
        }

        if (source.Version >= SchemaDialect.Draft6 && source.TryGet("const", out var constant))
            keywords.Add(new EnumKeyword(source.Site("const"), [Constant(source, "const", constant)]));
    }

    private static JsonConstant Constant(SchemaSource source, string keyword, JsonElement value) =>
        JsonConstant.TryCreate(value, source.Limits, out var problem) ?? throw source.Error(keyword, problem!);

    private static JsonTypes TypesOf(SchemaSource source, JsonElement type)
    {
        if (type.ValueKind == JsonValueKind.String)
            return TypeOf(source, type.GetString()!);
        var names = SchemaSource.NamesOf(type) ?? throw source.Error("type", "it must be the name of a type, or an array of them");
        return names.Aggregate(JsonTypes.None, (types, name) => types | TypeOf(source, name));
    }

    private static JsonTypes TypeOf(SchemaSource source, string name) => name switch
    {
        "null" => JsonTypes.Null,
        "boolean" => JsonTypes.Boolean,
        "number" => JsonTypes.Number,
        "integer" => JsonTypes.Integer,
        "string" => JsonTypes.String,
        "array" => JsonTypes.Array,
        "object" => JsonTypes.Object,
        _ => throw source.Error(
            "type", $"\"{name}\" is not a type; the types are null, boolean, number, integer, string, array and object"),
    };
}
