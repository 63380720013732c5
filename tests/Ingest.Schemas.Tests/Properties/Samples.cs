using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Ingest.Schemas.Tests;

/// <summary>A schema and an instance, as JSON text.</summary>
public sealed record Sample(string Schema, string Instance);

/// <summary>
/// Random schemas of the common keywords, and random instances from the same few names and values, so that they often
/// have to do with each other.
/// </summary>
internal static class Samples
{
    private static readonly Gen<string> s_name = Gen.Elements("a", "b", "ab", "é", "x~/\\\"");
    private static readonly Gen<string> s_pattern = Gen.Elements("a", "^a", "b$", "^b?$", "^[^a]+$", "a{2}", "(a|b)b");
    private static readonly Gen<string> s_number = Gen.Elements("0", "1", "1.0", "2", "3", "-1", "1.5", "0.1", "1e1", "15e-1", "2.50");
    private static readonly Gen<string> s_count = Gen.Elements("0", "1", "2", "3");

    private static readonly Gen<string> s_string =
        Gen.Elements("", "a", "b", "ab", "aab", "é", "🐲", "x~/\\\"").Select(Text)
            .Or(Gen.Elements("\"\\u0061\"", "\"\\uD83D\\uDC32\"", "\"\\/a\""));

    public static Arbitrary<Sample> All { get; } = Arb.From(
        from schema in Schema(depth: 3, isRoot: true)
        from instance in Value(depth: 3)
        select new Sample(schema, instance),
        Shrink);

    private static Gen<string> Or(this Gen<string> first, Gen<string> second) => Gen.OneOf(first, second);

    private static string Text(string value) => JsonValue.Create(value).ToJsonString();

    private static Gen<string> Value(int depth)
    {
        var scalar = Gen.OneOf(s_number, s_string, Gen.Elements("null", "true", "false"));
        if (depth == 0)
            return scalar;
        var inner = Value(depth - 1);
        return Gen.OneOf(scalar, Object(s_name, inner), Array(inner, 0, 4));
    }

    private static Gen<string> Object(Gen<string> names, Gen<string> values) =>
        from count in Gen.Choose(0, 4)
        from keys in names.ListOf(count)
        from members in values.ListOf(count)
        let distinct = keys.Zip(members).DistinctBy(pair => pair.First).Select(pair => $"{Text(pair.First)}: {pair.Second}")
        select "{" + string.Join(", ", distinct) + "}";

    private static Gen<string> Array(Gen<string> items, int min, int max) =>
        from count in Gen.Choose(min, max)
        from list in items.ListOf(count)
        select "[" + string.Join(", ", list) + "]";

    private static Gen<string> Schema(int depth, bool isRoot = false)
    {
        var boolean = Gen.Elements("true", "false");
        var keywords =
            from count in Gen.Choose(0, 4)
            from list in Keyword(depth).ListOf(count)
            select list.DistinctBy(keyword => keyword.Name).Select(keyword => $"\"{keyword.Name}\": {keyword.Value}");
        if (!isRoot)
        {
            var plain = keywords.Select(list => "{" + string.Join(", ", list) + "}");
            return Gen.Frequency((1, boolean), (6, plain));
        }

        // Definitions refer to nothing, so that references cannot go round.
        return from list in keywords
               from first in Schema(0)
               from second in Schema(0)
               select "{" + string.Join(", ", list.Append($"\"$defs\": {{\"d\": {first}, \"e\": {second}}}")) + "}";
    }

    private static Gen<(string Name, string Value)> Keyword(int depth)
    {
        var types = Gen.Elements("null", "boolean", "number", "integer", "string", "array", "object").Select(Text);
        var names = Array(s_name.Select(Text), 0, 2);
        var leaf = Gen.OneOf(
            Of("type", types),
            Of("type", Array(types, 1, 3)),
            Of("const", Value(2)),
            Of("enum", Array(Value(1), 1, 3)),
            Of("minimum", s_number),
            Of("maximum", s_number),
            Of("exclusiveMinimum", s_number),
            Of("exclusiveMaximum", s_number),
            Of("multipleOf", Gen.Elements("1", "0.5", "0.1", "2", "1e-1", "1.5")),
            Of("minLength", s_count),
            Of("maxLength", s_count),
            Of("pattern", s_pattern.Select(Text)),
            Of("minItems", s_count),
            Of("maxItems", s_count),
            Of("uniqueItems", Gen.Elements("true", "false")),
            Of("minProperties", s_count),
            Of("maxProperties", s_count),
            Of("required", names),
            Of("dependentRequired", Object(s_name, names)),
            Of("minContains", s_count),
            Of("maxContains", s_count));
        if (depth == 0)
            return leaf;
        var schema = Schema(depth - 1);
        var members = Object(s_name, schema);
        return Gen.Frequency(
            (3, leaf),
            (1, Of("$ref", Gen.Elements("\"#/$defs/d\"", "\"#/$defs/e\""))),
            (4, Gen.OneOf(
                Of("properties", members),
                Of("patternProperties", Object(s_pattern, schema)),
                Of("additionalProperties", schema),
                Of("propertyNames", schema),
                Of("dependentSchemas", members),
                Of("prefixItems", Array(schema, 1, 3)),
                Of("items", schema),
                Of("contains", schema))),
            (3, Gen.OneOf(
                Of("allOf", Array(schema, 1, 3)),
                Of("anyOf", Array(schema, 1, 3)),
                Of("oneOf", Array(schema, 1, 3)),
                Of("not", schema),
                Of("if", schema),
                Of("then", schema),
                Of("else", schema))),
            (2, Gen.OneOf(Of("unevaluatedProperties", schema), Of("unevaluatedItems", schema))));
    }

    private static Gen<(string Name, string Value)> Of(string name, Gen<string> value) => value.Select(text => (name, text));

    private static IEnumerable<Sample> Shrink(Sample sample) =>
        Smaller(sample.Schema)
            .Where(schema => schema.Contains("$defs", StringComparison.Ordinal))
            .Select(schema => sample with { Schema = schema })
            .Concat(Smaller(sample.Instance).Select(instance => sample with { Instance = instance }));

    /// <summary>The text with one member or item left out, in every way.</summary>
    private static IEnumerable<string> Smaller(string json)
    {
        for (var i = 0; ; i++)
        {
            var root = JsonNode.Parse(json);
            var place = i;
            if (!RemoveAt(root, ref place))
                yield break;
            yield return root!.ToJsonString();
        }
    }

    private static bool RemoveAt(JsonNode? node, ref int place)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    if (place-- == 0)
                        return members.Remove(name);
                    if (RemoveAt(value, ref place))
                        return true;
                }

                return false;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    if (place-- == 0)
                    {
                        items.RemoveAt(i);
                        return true;
                    }

                    if (RemoveAt(items[i], ref place))
                        return true;
                }

                return false;
            default:
                return false;
        }
    }
}
