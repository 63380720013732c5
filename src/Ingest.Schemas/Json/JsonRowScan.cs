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
        // What has been counted in it. While something inside it is open, its Count holds that.
        var count = 0;
        var depth = 0;
        var at = JsonLexis.SkipSpace(text, 0);
        while (true)
        {
            var first = JsonLexis.ByteAt(text, at);
            if (first is (byte)'{' or (byte)'[')
            {
                if (++depth > limits.InstanceDepthMax)
                    return false;
                if (parent >= 0)
                    rows[parent].Count = count;
                isInObject = first == '{';
                rows.Add() = new JsonRow { Start = at, Rows = parent, Kind = isInObject ? JsonKind.Object : JsonKind.Array };
                parent = rows.Count - 1;
                count = 0;
                at = JsonLexis.SkipSpace(text, at + 1);
                if (JsonLexis.ByteAt(text, at) != (isInObject ? '}' : ']'))
                {
                    count = 1;
                    if (isInObject)
                        at = AddName(text, at, ref rows);
                    continue;
                }
            }
            else
            {
                at = AddScalar(text, at, limits, ref rows);
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
                    count++;
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
                ended.Count = count;
                parent = outer;
                if (parent < 0)
                    continue;
                ref var open = ref rows[parent];
                isInObject = open.Kind == JsonKind.Object;
                count = open.Count;
            }
        }
    }

    /// <summary>Reads a member's name and the colon after it. Returns where its value must begin.</summary>
    private static int AddName(ReadOnlySpan<byte> text, int at, ref JsonRowBuffer rows)
    {
        var end = JsonLexis.EndOfString(text, at, out var isEscaped);
        rows.Add() = JsonRow.Of(JsonKind.Name, at, end, isEscaped);
        return JsonLexis.AfterColon(text, end);
    }

    private static int AddScalar(ReadOnlySpan<byte> text, int at, SchemaLimits limits, ref JsonRowBuffer rows)
    {
        var end = JsonLexis.EndOfScalar(text, at, limits, out var kind, out var isEscaped);
        rows.Add() = JsonRow.Of(kind, at, end, isEscaped);
        return end;
    }
}
