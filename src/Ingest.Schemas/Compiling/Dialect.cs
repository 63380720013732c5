using System.Text.Json;

namespace Ingest.Schemas;

/// <summary>Which keywords a schema may use and what they mean: a version of JSON Schema, narrowed by vocabularies.</summary>
/// <param name="Version">The version.</param>
/// <param name="Applicators">Whether subschemas apply.</param>
/// <param name="Unevaluated">Whether <c>unevaluatedProperties</c> and <c>unevaluatedItems</c> apply.</param>
/// <param name="Validation">Whether assertions such as <c>type</c> apply.</param>
/// <param name="AssertsFormat">Whether <c>format</c> rejects.</param>
internal sealed record Dialect(SchemaDialect Version, bool Applicators, bool Unevaluated, bool Validation, bool AssertsFormat)
{
    /// <summary>What Iglu schemas name as their metaschema: draft 4 with a <c>self</c> block.</summary>
    private const string IgluMetaschemaPrefix = "http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/";

    private const string Vocabularies201909 = "https://json-schema.org/draft/2019-09/vocab/";
    private const string Vocabularies202012 = "https://json-schema.org/draft/2020-12/vocab/";

    /// <summary>The keyword that names a schema.</summary>
    public string IdKeyword => Version == SchemaDialect.Draft4 ? "id" : "$id";

    /// <summary>Up to draft 7 a schema with <c>$ref</c> is nothing but that reference.</summary>
    public bool RefStandsAlone => Version <= SchemaDialect.Draft7;

    /// <summary>A version with all it has.</summary>
    public static Dialect Of(SchemaDialect version) =>
        new(version, Applicators: true, Unevaluated: true, Validation: true, AssertsFormat: version <= SchemaDialect.Draft7);

    /// <summary>The dialect of a metaschema that is built in, or null.</summary>
    public static Dialect? Find(string metaschemaUri)
    {
        var uri = metaschemaUri.TrimEnd('#');
        if (uri.StartsWith(IgluMetaschemaPrefix, StringComparison.Ordinal))
            return Of(SchemaDialect.Draft4);
        return uri.Replace("https://", "http://", StringComparison.Ordinal) switch
        {
            "http://json-schema.org/draft-04/schema" => Of(SchemaDialect.Draft4),
            "http://json-schema.org/draft-06/schema" => Of(SchemaDialect.Draft6),
            "http://json-schema.org/draft-07/schema" => Of(SchemaDialect.Draft7),
            "http://json-schema.org/draft/2019-09/schema" => Of(SchemaDialect.Draft201909),
            "http://json-schema.org/draft/2020-12/schema" => Of(SchemaDialect.Draft202012),
            _ => null,
        };
    }

    /// <summary>The dialect of a metaschema of one's own, by the vocabularies that it names.</summary>
    /// <param name="metaschema">The metaschema.</param>
    /// <param name="version">The version in which it is written itself.</param>
    /// <param name="unknown">A vocabulary that is required but not known, or null.</param>
    public static Dialect FromVocabularies(JsonElement metaschema, SchemaDialect version, out string? unknown)
    {
        unknown = null;
        var dialect = Of(version);
        if (!metaschema.TryGetProperty("$vocabulary"u8, out var vocabularies) || vocabularies.ValueKind != JsonValueKind.Object)
            return dialect;
        dialect = dialect with { Applicators = false, Unevaluated = false, Validation = false, AssertsFormat = false };
        foreach (var vocabulary in vocabularies.EnumerateObject())
        {
            var isRequired = vocabulary.Value.ValueKind == JsonValueKind.True;
            dialect = vocabulary.Name switch
            {
                Vocabularies202012 + "applicator" => dialect with { Applicators = true },
                Vocabularies202012 + "unevaluated" => dialect with { Unevaluated = true },
                Vocabularies202012 + "validation" => dialect with { Validation = true },
                Vocabularies202012 + "format-assertion" => dialect with { AssertsFormat = true },
                Vocabularies201909 + "applicator" => dialect with { Applicators = true, Unevaluated = true },
                Vocabularies201909 + "validation" => dialect with { Validation = true },
                Vocabularies201909 + "format" => dialect with { AssertsFormat = isRequired },
                _ => dialect,
            };
            if (isRequired && !IsKnown(vocabulary.Name))
                unknown = vocabulary.Name;
        }

        return dialect;
    }

    private static bool IsKnown(string vocabulary) =>
        vocabulary.StartsWith(Vocabularies202012, StringComparison.Ordinal)
        || vocabulary.StartsWith(Vocabularies201909, StringComparison.Ordinal);
}
