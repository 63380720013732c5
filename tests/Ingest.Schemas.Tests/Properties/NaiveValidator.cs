using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ingest.Schemas.Tests;

// Every branch must be judged for its annotations, so nothing may stop at the first one.
#pragma warning disable CA1827

/// <summary>
/// Draft 2020-12 read word by word over an object graph: slow, without errors, limits or caches, and plain enough to be
/// believed. Knows the keywords that <see cref="Samples"/> uses.
/// </summary>
internal sealed class NaiveValidator(JsonElement root)
{
    /// <summary>Whether an instance is valid.</summary>
    public bool IsValid(JsonElement instance) => Judge(root, instance).IsValid;

    private Verdict Judge(JsonElement schema, JsonElement value)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return new Verdict(schema.ValueKind == JsonValueKind.True, []);
        var valid = true;
        var evaluated = new HashSet<string>(StringComparer.Ordinal);
        foreach (var keyword in schema.EnumerateObject().Where(keyword => !keyword.Name.StartsWith("unevaluated", StringComparison.Ordinal)))
            valid &= JudgeKeyword(schema, keyword.Name, keyword.Value, value, evaluated);
        valid &= JudgeUnevaluated(schema, "unevaluatedProperties", JsonValueKind.Object, value, evaluated);
        valid &= JudgeUnevaluated(schema, "unevaluatedItems", JsonValueKind.Array, value, evaluated);
        return new Verdict(valid, evaluated);
    }

    private bool JudgeKeyword(
        JsonElement schema, string keyword, JsonElement argument, JsonElement value, HashSet<string> evaluated)
    {
        switch (keyword)
        {
            case "$ref":
                var definition = root.GetProperty("$defs").GetProperty(argument.GetString()!["#/$defs/".Length..]);
                return Include(Judge(definition, value), evaluated);
            case "allOf":
                return argument.EnumerateArray().Count(branch => !Include(Judge(branch, value), evaluated)) == 0;
            case "anyOf":
                return argument.EnumerateArray().Select(branch => Include(Judge(branch, value), evaluated)).ToList().Exists(passed => passed);
            case "oneOf":
                return argument.EnumerateArray().Count(branch => Include(Judge(branch, value), evaluated)) == 1;
            case "not":
                return !Judge(argument, value).IsValid;
            case "if":
                var branch = Include(Judge(argument, value), evaluated) ? "then" : "else";
                return !schema.TryGetProperty(branch, out var chosen) || Include(Judge(chosen, value), evaluated);
            case "type":
                return argument.ValueKind == JsonValueKind.String
                    ? IsOfType(value, argument.GetString()!)
                    : argument.EnumerateArray().Any(type => IsOfType(value, type.GetString()!));
            case "const":
                return AreEqual(argument, value);
            case "enum":
                return argument.EnumerateArray().Any(allowed => AreEqual(allowed, value));
        }

        return value.ValueKind switch
        {
            JsonValueKind.Number => JudgeNumber(keyword, argument, value.GetDecimal()),
            JsonValueKind.String => JudgeString(keyword, argument, value.GetString()!),
            JsonValueKind.Array => JudgeArray(schema, keyword, argument, [.. value.EnumerateArray()], evaluated),
            JsonValueKind.Object => JudgeObject(schema, keyword, argument, value, evaluated),
            _ => true,
        };
    }

    private static bool JudgeNumber(string keyword, JsonElement argument, decimal value) => keyword switch
    {
        "minimum" => value >= argument.GetDecimal(),
        "maximum" => value <= argument.GetDecimal(),
        "exclusiveMinimum" => value > argument.GetDecimal(),
        "exclusiveMaximum" => value < argument.GetDecimal(),
        "multipleOf" => value % argument.GetDecimal() == 0,
        _ => true,
    };

    private static bool JudgeString(string keyword, JsonElement argument, string value) => keyword switch
    {
        "minLength" => value.EnumerateRunes().Count() >= argument.GetInt32(),
        "maxLength" => value.EnumerateRunes().Count() <= argument.GetInt32(),
        "pattern" => IsMatch(argument.GetString()!, value),
        _ => true,
    };

    private bool JudgeArray(
        JsonElement schema, string keyword, JsonElement argument, JsonElement[] items, HashSet<string> evaluated)
    {
        switch (keyword)
        {
            case "minItems":
                return items.Length >= argument.GetInt32();
            case "maxItems":
                return items.Length <= argument.GetInt32();
            case "uniqueItems":
                return !argument.GetBoolean()
                    || Enumerable.Range(0, items.Length).All(i => Enumerable.Range(0, i).All(j => !AreEqual(items[i], items[j])));
            case "prefixItems":
            case "items":
                var prefix = schema.TryGetProperty("prefixItems", out var schemas) ? schemas.GetArrayLength() : 0;
                var valid = true;
                for (var i = 0; i < items.Length; i++)
                {
                    if (keyword == "items" == i < prefix)
                        continue;
                    evaluated.Add($"{i}");
                    valid &= Judge(keyword == "items" ? argument : argument[i], items[i]).IsValid;
                }

                return valid;
            case "contains":
                var found = 0;
                for (var i = 0; i < items.Length; i++)
                {
                    if (!Judge(argument, items[i]).IsValid)
                        continue;
                    found++;
                    evaluated.Add($"{i}");
                }

                return found >= (schema.TryGetProperty("minContains", out var min) ? min.GetInt32() : 1)
                    && (!schema.TryGetProperty("maxContains", out var max) || found <= max.GetInt32());
            default:
                return true;
        }
    }

    private bool JudgeObject(JsonElement schema, string keyword, JsonElement argument, JsonElement value, HashSet<string> evaluated)
    {
        var members = value.EnumerateObject().ToArray();
        switch (keyword)
        {
            case "minProperties":
                return members.Length >= argument.GetInt32();
            case "maxProperties":
                return members.Length <= argument.GetInt32();
            case "required":
                return argument.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _));
            case "dependentRequired":
                return argument.EnumerateObject().All(rule => !value.TryGetProperty(rule.Name, out _)
                    || rule.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)));
            case "dependentSchemas":
                return argument.EnumerateObject()
                    .Where(rule => value.TryGetProperty(rule.Name, out _))
                    .Count(rule => !Include(Judge(rule.Value, value), evaluated)) == 0;
            case "propertyNames":
                return members.All(member => Judge(argument, JsonSerializer.SerializeToElement(member.Name)).IsValid);
            case "properties":
            case "patternProperties":
            case "additionalProperties":
                var valid = true;
                foreach (var member in members)
                {
                    foreach (var applicable in ApplicableTo(schema, keyword, argument, member.Name))
                    {
                        evaluated.Add(member.Name);
                        valid &= Judge(applicable, member.Value).IsValid;
                    }
                }

                return valid;
            default:
                return true;
        }
    }

    /// <summary>The schemas that a keyword applies to the member with a name.</summary>
    private static IEnumerable<JsonElement> ApplicableTo(
        JsonElement schema, string keyword, JsonElement argument, string name) => keyword switch
        {
            "properties" => argument.TryGetProperty(name, out var named) ? [named] : [],
            "patternProperties" => argument.EnumerateObject().Where(rule => IsMatch(rule.Name, name)).Select(rule => rule.Value),
            _ => new[] { "properties", "patternProperties" }.Any(other =>
                schema.TryGetProperty(other, out var rules) && ApplicableTo(schema, other, rules, name).Any()) ? [] : [argument],
        };

    private bool JudgeUnevaluated(
        JsonElement schema, string keyword, JsonValueKind kind, JsonElement value, HashSet<string> evaluated)
    {
        if (value.ValueKind != kind || !schema.TryGetProperty(keyword, out var rest))
            return true;
        var children = kind == JsonValueKind.Object
            ? value.EnumerateObject().Select(member => (member.Name, member.Value))
            : value.EnumerateArray().Select((item, i) => (Name: $"{i}", Value: item));
        return children.Count(child => evaluated.Add(child.Name) && !Judge(rest, child.Value).IsValid) == 0;
    }

    private static bool Include(Verdict verdict, HashSet<string> evaluated)
    {
        if (verdict.IsValid)
            evaluated.UnionWith(verdict.Evaluated);
        return verdict.IsValid;
    }

    private static bool IsOfType(JsonElement value, string type) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && decimal.IsInteger(value.GetDecimal()),
        "string" => value.ValueKind == JsonValueKind.String,
        "array" => value.ValueKind == JsonValueKind.Array,
        _ => value.ValueKind == JsonValueKind.Object,
    };

    private static bool AreEqual(JsonElement left, JsonElement right)
    {
        if (left.ValueKind != right.ValueKind)
            return false;
        return left.ValueKind switch
        {
            JsonValueKind.Number => left.GetDecimal() == right.GetDecimal(),
            JsonValueKind.String => left.GetString() == right.GetString(),
            JsonValueKind.Array => left.GetArrayLength() == right.GetArrayLength()
                && left.EnumerateArray().Zip(right.EnumerateArray()).All(pair => AreEqual(pair.First, pair.Second)),
            JsonValueKind.Object => left.GetPropertyCount() == right.GetPropertyCount()
                && left.EnumerateObject().All(member =>
                    right.TryGetProperty(member.Name, out var other) && AreEqual(member.Value, other)),
            _ => true,
        };
    }

    // The generated patterns mean the same in .NET.
    private static bool IsMatch(string pattern, string value) =>
        Regex.IsMatch(value, pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));

    /// <summary>The outcome of a subschema: whether it passed, and which members or items it has looked at.</summary>
    private readonly record struct Verdict(bool IsValid, HashSet<string> Evaluated);
}
