using System.Globalization;
using System.Text.Json;

namespace Ingest.Schemas;

/// <summary>One subschema as it is written, with what the readers of its keywords need.</summary>
internal sealed class SchemaSource(
    SchemaCompiler compiler, SchemaResource resource, SchemaNode node, SchemaPlace place)
{
    private static readonly Action<SchemaSource, List<Keyword>>[] s_assertions =
        [ValueRules.Read, NumberRules.Read, StringRules.Read, CountRules.Read];

    private static readonly Action<SchemaSource, List<Keyword>>[] s_applicators =
        [MemberRules.Read, ItemRules.Read, AlternativeRules.Read];

    public Dialect Dialect => resource.Dialect;

    public SchemaDialect Version => Dialect.Version;

    public SchemaResource Resource => resource;

    public SchemaNode Node => node;

    public SchemaCompiler Compiler => compiler;

    public SchemaLimits Limits => compiler.Options.Limits;

    /// <summary>Reads all keywords into the node.</summary>
    public void Fill()
    {
        if (place.Element.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            node.Fill(allowed: place.Element.ValueKind == JsonValueKind.True);
            return;
        }

        if (place.Element.ValueKind != JsonValueKind.Object)
            throw new SchemaException(node.Location, "a schema must be an object, or true or false");
        var keywords = new List<Keyword>();
        if (!(Dialect.RefStandsAlone && place.Element.TryGetProperty("$ref"u8, out _)))
        {
            foreach (var read in Dialect.Validation ? s_assertions : [])
                read(this, keywords);
            foreach (var read in Dialect.Applicators ? s_applicators : [])
                read(this, keywords);
            FormatRules.Read(this, keywords);
        }

        ReferenceRules.Read(this, keywords);
        node.Fill(keywords, Dialect.Unevaluated ? UnevaluatedRules.Read(this) : null);
    }

    public KeywordSite Site(string keyword) => new(node, keyword);

    public SchemaException Error(string keyword, string problem, Exception? inner = null) =>
        new(Site(keyword).Location, problem, inner);

    public bool TryGet(string keyword, out JsonElement value) => place.Element.TryGetProperty(keyword, out value);

    public string? Text(string keyword)
    {
        if (!TryGet(keyword, out var value))
            return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Error(keyword, "it must be a string");
    }

    public bool? Flag(string keyword)
    {
        if (!TryGet(keyword, out var value))
            return null;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw Error(keyword, "it must be true or false");
    }

    /// <summary>A number as it is written.</summary>
    public byte[]? Number(string keyword)
    {
        if (!TryGet(keyword, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Number)
            throw Error(keyword, "it must be a number");
        byte[] text = [.. value.GetRawText().Select(c => (byte)c)];
        return JsonNumber.Excess(text, Limits) is { } excess ? throw Error(keyword, excess) : text;
    }

    /// <summary>A whole number from 0; one too large for an int is cut to that, which no count or length can reach.</summary>
    public int? Count(string keyword)
    {
        if (Number(keyword) is not { } text)
            return null;
        var number = JsonNumber.Parse(text);
        if (!number.IsInteger || number.IsNegative)
            throw Error(keyword, "it must be a whole number, 0 or above");
        return JsonNumber.Compare(number, JsonNumber.Parse("2147483647"u8)) >= 0
            ? int.MaxValue
            : (int)decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    public string[]? Names(string keyword)
    {
        if (!TryGet(keyword, out var value))
            return null;
        return NamesOf(value) ?? throw Error(keyword, "it must be an array of names (strings)");
    }

    public static string[]? NamesOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : null;

    public SchemaNode? Single(string keyword) =>
        TryGet(keyword, out var value) ? compiler.NodeAt(resource, place.Child(keyword, value)) : null;

    public SchemaNode[]? List(string keyword)
    {
        if (!TryGet(keyword, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Array)
            throw Error(keyword, "it must be an array of schemas");
        var list = place.Child(keyword, value);
        return
        [
            .. value.EnumerateArray().Select((item, index) =>
                compiler.NodeAt(resource, list.Child(index.ToString(CultureInfo.InvariantCulture), item))),
        ];
    }

    /// <summary>The members of a keyword that holds schemas by name, without those that the filter refuses.</summary>
    public IReadOnlyList<(string Name, SchemaNode Schema)> Map(string keyword, Func<JsonElement, bool>? filter = null)
    {
        if (!TryGet(keyword, out var value))
            return [];
        if (value.ValueKind != JsonValueKind.Object)
            throw Error(keyword, "it must be an object of schemas");
        var map = place.Child(keyword, value);
        return
        [
            .. value.EnumerateObject()
                .Where(member => filter is null || filter(member.Value))
                .Select(member => (member.Name, compiler.NodeAt(resource, map.Child(member.Name, member.Value)))),
        ];
    }

    public SchemaPattern Pattern(string keyword, string source)
    {
        if (!compiler.TryCountPattern())
            throw Error(keyword, $"the schema uses more than {Limits.PatternsMax} patterns");
        try
        {
            return compiler.Patterns.Get(source);
        }
        catch (FormatException wrong)
        {
            throw Error(keyword, $"the pattern /{source}/ cannot be used: {wrong.Message}", wrong);
        }
    }
}
