using System.Text.Json;

namespace Ingest.Schemas;

/// <summary>
/// Writes down the rows of a JSON text with <see cref="Utf8JsonReader"/>, which says what is wrong with one that has none.
/// </summary>
internal static class JsonRowReader
{
    /// <summary>Reads a text.</summary>
    /// <param name="text">The bytes, which are UTF-8.</param>
    /// <param name="limits">Bounds on nesting and numbers.</param>
    /// <param name="rows">Receives the rows.</param>
    /// <returns>Null, or which limit the text is beyond.</returns>
    /// <exception cref="JsonException">It is not a single JSON value.</exception>
    public static string? Read(ReadOnlySpan<byte> text, SchemaLimits limits, ref JsonRowBuffer rows)
    {
        // One level more than allowed, so that too deep a text is told apart from a broken one.
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = limits.InstanceDepthMax + 1 });
        // The open array or object. While it is open, its Rows holds its own parent.
        var parent = -1;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.EndArray or JsonTokenType.EndObject:
                    ref var ended = ref rows[parent];
                    var grandparent = ended.Rows;
                    ended.Rows = rows.Count - parent;
                    ended.Length = (int)reader.BytesConsumed - ended.Start;
                    parent = grandparent;
                    continue;

                case JsonTokenType.PropertyName:
                    rows[parent].Count++;
                    AddText(ref rows, ref reader, JsonKind.Name);
                    continue;
            }

            if (parent >= 0 && rows[parent].Kind == JsonKind.Array)
                rows[parent].Count++;
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray or JsonTokenType.StartObject:
                    if (reader.CurrentDepth >= limits.InstanceDepthMax)
                        return $"nested deeper than {limits.InstanceDepthMax} levels";
                    rows.Add() = new JsonRow
                    {
                        Start = (int)reader.TokenStartIndex,
                        Rows = parent,
                        Kind = reader.TokenType == JsonTokenType.StartArray ? JsonKind.Array : JsonKind.Object,
                    };
                    parent = rows.Count - 1;
                    break;

                case JsonTokenType.String:
                    AddText(ref rows, ref reader, JsonKind.String);
                    break;

                case JsonTokenType.Number:
                    if (JsonNumber.Excess(reader.ValueSpan, limits) is { } excess)
                        return excess;
                    AddScalar(ref rows, ref reader, JsonKind.Number);
                    break;

                default:
                    AddScalar(ref rows, ref reader, reader.TokenType switch
                    {
                        JsonTokenType.True => JsonKind.True,
                        JsonTokenType.False => JsonKind.False,
                        _ => JsonKind.Null,
                    });
                    break;
            }
        }

        return null;
    }

    private static void AddText(ref JsonRowBuffer rows, ref Utf8JsonReader reader, JsonKind kind) =>
        rows.Add() = new JsonRow
        {
            Start = (int)reader.TokenStartIndex + 1,
            Length = reader.ValueSpan.Length,
            Rows = 1,
            Kind = kind,
            Escaped = reader.ValueIsEscaped,
        };

    private static void AddScalar(ref JsonRowBuffer rows, ref Utf8JsonReader reader, JsonKind kind) =>
        rows.Add() = new JsonRow
        {
            Start = (int)reader.TokenStartIndex,
            Length = reader.ValueSpan.Length,
            Rows = 1,
            Kind = kind,
        };
}
