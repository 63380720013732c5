using System.Text.Json;

namespace Ingest.Schemas;

/// <summary>
/// Writes down the rows of a sound JSON text, at a fraction of the cost of <see cref="Utf8JsonReader"/>. It takes only what
/// that reader takes within the limits, and finds the same in it; it gives up on everything else, and the reader then says
/// what is wrong. So a mistake here may cost time, but must never let anything through: a test compares the two.
/// </summary>
internal static class JsonRowScan
{
    /// <summary>Reads a text.</summary>
    /// <param name="text">The bytes, which are UTF-8.</param>
    /// <param name="limits">Bounds on nesting and numbers.</param>
    /// <param name="rows">Receives the rows; some of them also where it gives up.</param>
    /// <returns>False where it must be left to the reader.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, SchemaLimits limits, ref JsonRowBuffer rows)
    {
        // The open array or object. While it is open, its Rows holds its own parent.
        var parent = -1;
        var isInObject = false;
        var depth = 0;
        var at = JsonLexis.SkipSpace(text, 0);
        while (true)
        {
            var first = JsonLexis.ByteAt(text, at);
            if (first is (byte)'{' or (byte)'[')
            {
                if (++depth > limits.InstanceDepthMax)
                    return false;
                isInObject = first == '{';
                rows.Add() = new JsonRow { Start = at, Rows = parent, Kind = isInObject ? JsonKind.Object : JsonKind.Array };
                parent = rows.Count - 1;
                at = JsonLexis.SkipSpace(text, at + 1);
                if (JsonLexis.ByteAt(text, at) != (isInObject ? '}' : ']'))
                {
                    rows[parent].Count = 1;
                    if (isInObject)
                        at = AddName(text, at, ref rows);
                    continue;
                }
            }
            else
            {
                at = AddScalar(text, at, first, limits, ref rows);
            }

            // A value has ended, or an empty array or object is to end; and with it maybe some of what it is in.
            while (true)
            {
                at = JsonLexis.SkipSpace(text, at);
                if (parent < 0)
                    return at == text.Length;
                var next = JsonLexis.ByteAt(text, at);
                if (next == ',')
                {
                    rows[parent].Count++;
                    at = JsonLexis.SkipSpace(text, at + 1);
                    if (isInObject)
                        at = AddName(text, at, ref rows);
                    break;
                }

                if (next != (isInObject ? '}' : ']'))
                    return false;
                at++;
                depth--;
                ref var ended = ref rows[parent];
                var outer = ended.Rows;
                ended.Rows = rows.Count - parent;
                ended.Length = at - ended.Start;
                parent = outer;
                isInObject = parent >= 0 && rows[parent].Kind == JsonKind.Object;
            }
        }
    }

    /// <summary>Reads a member's name and the colon after it. Returns where its value must begin.</summary>
    private static int AddName(ReadOnlySpan<byte> text, int at, ref JsonRowBuffer rows)
    {
        var end = AddString(text, at, JsonKind.Name, ref rows);
        at = JsonLexis.SkipSpace(text, end);
        return JsonLexis.ByteAt(text, at) == ':' ? JsonLexis.SkipSpace(text, at + 1) : JsonLexis.Broken;
    }

    private static int AddString(ReadOnlySpan<byte> text, int at, JsonKind kind, ref JsonRowBuffer rows)
    {
        var end = JsonLexis.EndOfString(text, at, out var isEscaped);
        rows.Add() = new JsonRow { Start = at + 1, Length = end - at - 2, Rows = 1, Kind = kind, Escaped = isEscaped };
        return end;
    }

    private static int AddScalar(ReadOnlySpan<byte> text, int at, byte first, SchemaLimits limits, ref JsonRowBuffer rows)
    {
        JsonKind kind;
        int end;
        switch (first)
        {
            case (byte)'"':
                return AddString(text, at, JsonKind.String, ref rows);
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                kind = JsonKind.Number;
                end = JsonLexis.EndOfNumber(text, at);
                if (end > 0 && JsonNumber.Excess(text[at..end], limits) is not null)
                    return JsonLexis.Broken;
                break;
            case (byte)'t':
                kind = JsonKind.True;
                end = JsonLexis.EndOfLiteral(text, at, "true"u8);
                break;
            case (byte)'f':
                kind = JsonKind.False;
                end = JsonLexis.EndOfLiteral(text, at, "false"u8);
                break;
            case (byte)'n':
                kind = JsonKind.Null;
                end = JsonLexis.EndOfLiteral(text, at, "null"u8);
                break;
            default:
                return JsonLexis.Broken;
        }

        rows.Add() = new JsonRow { Start = at, Length = end - at, Rows = 1, Kind = kind };
        return end;
    }
}
