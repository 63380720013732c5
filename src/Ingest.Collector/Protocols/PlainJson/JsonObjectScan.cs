using System.Text.Json;
using Ingest.Engine;
using Ingest.Schemas;

namespace Ingest.Collector;

/// <summary>
/// Reads an event that is a sound JSON object, in one pass and at two thirds of the cost of <see cref="Utf8JsonReader"/>:
/// what is inside its members' values is stepped over, not told token by token.
/// </summary>
/// <remarks>
/// <para>
/// It takes only what that reader takes, and finds the same in it. It gives up on everything else, on objects deeper than
/// <see cref="JsonScan.DepthMax"/> too; the reader then says what is wrong. So a mistake here may cost time, but must
/// never let anything through: a test compares the two.
/// </para>
/// <para>
/// Each step takes the place where something must begin and returns the place after it, or <see cref="JsonLexis.Broken"/>, as
/// those of <see cref="JsonLexis"/> do.
/// </para>
/// </remarks>
public static class JsonObjectScan
{
    /// <summary>Reads the object that begins at a place; what follows it is not looked at.</summary>
    /// <param name="json">The bytes. As with the reader, nobody has looked yet whether strings are UTF-8.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="names">What the source calls its fields.</param>
    /// <param name="found">The event; slices count from the start of the bytes.</param>
    /// <returns>False where it must be left to <see cref="Utf8JsonReader"/>.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, int start, FieldNames names, out JsonEvent found)
    {
        found = new JsonEvent { IsObject = true };
        if (JsonLexis.ByteAt(json, start) != '{')
            return false;
        var deepest = 1;
        var at = JsonLexis.SkipSpace(json, start + 1);
        if (JsonLexis.ByteAt(json, at) != '}')
            at = EndOfMembers(json, at, names, ref found, ref deepest);
        if (JsonLexis.ByteAt(json, at) != '}')
            return false;
        found.Payload = new Slice(start, at + 1 - start);
        found.Depth = deepest;
        return true;
    }

    /// <summary>Reads members up to the brace that ends them.</summary>
    private static int EndOfMembers(
        ReadOnlySpan<byte> json, int at, FieldNames names, ref JsonEvent found, ref int deepest)
    {
        while (true)
        {
            var endOfName = JsonLexis.EndOfString(json, at, out var isEscaped);
            var value = JsonLexis.AfterColon(json, endOfName);
            var end = EndOfValue(json, value, ref deepest);
            if (end == JsonLexis.Broken)
                return JsonLexis.Broken;
            var name = json[(at + 1)..(endOfName - 1)];
            if ((isEscaped ? FindEscaped(names, name) : names.Find(name)) is { } field)
                found[field] = Field(json, value, end);
            at = JsonLexis.SkipSpace(json, end);
            if (JsonLexis.ByteAt(json, at) != ',')
                return at;
            at = JsonLexis.SkipSpace(json, at + 1);
        }
    }

    private static JsonField? FindEscaped(FieldNames names, ReadOnlySpan<byte> name)
    {
        Span<byte> scratch = stackalloc byte[128];
        return names.Find(JsonScan.Unescaped(name, scratch));
    }

    private static JsonFieldValue Field(ReadOnlySpan<byte> json, int start, int end) => json[start] switch
    {
        (byte)'"' => new JsonFieldValue(JsonTokenType.String, new Slice(start + 1, end - start - 2)),
        (byte)'{' => new JsonFieldValue(JsonTokenType.StartObject, new Slice(start, end - start)),
        (byte)'[' => new JsonFieldValue(JsonTokenType.StartArray, new Slice(start, end - start)),
        (byte)'t' => new JsonFieldValue(JsonTokenType.True, new Slice(start, end - start)),
        (byte)'f' => new JsonFieldValue(JsonTokenType.False, new Slice(start, end - start)),
        (byte)'n' => new JsonFieldValue(JsonTokenType.Null, new Slice(start, end - start)),
        _ => new JsonFieldValue(JsonTokenType.Number, new Slice(start, end - start)),
    };

    private static int EndOfValue(ReadOnlySpan<byte> json, int at, ref int deepest) => JsonLexis.ByteAt(json, at) switch
    {
        (byte)'"' => JsonLexis.EndOfString(json, at, out _),
        (byte)'{' or (byte)'[' => EndOfNested(json, at, ref deepest),
        var first => EndOfScalar(json, at, first),
    };

    /// <summary>Steps over an object or array that is a member's value, whatever is in it.</summary>
    private static int EndOfNested(ReadOnlySpan<byte> json, int at, ref int deepest)
    {
        // A bit for each level, the innermost lowest: set for an object. The event itself is one more level.
        var objects = 0UL;
        var levels = 0;
        while (true)
        {
            var first = JsonLexis.ByteAt(json, at);
            if (first is (byte)'{' or (byte)'[')
            {
                if (++levels >= JsonScan.DepthMax)
                    return JsonLexis.Broken;
                deepest = Math.Max(deepest, levels + 1);
                var isObject = first == '{';
                objects = (objects << 1) | (isObject ? 1UL : 0);
                at = JsonLexis.SkipSpace(json, at + 1);
                if (JsonLexis.ByteAt(json, at) != (isObject ? '}' : ']'))
                {
                    if (isObject)
                        at = JsonLexis.AfterColon(json, JsonLexis.EndOfString(json, at, out _));
                    continue;
                }
                at++;
                objects >>= 1;
                levels--;
            }
            else
                at = first == '"' ? JsonLexis.EndOfString(json, at, out _) : EndOfScalar(json, at, first);

            // A value has ended, and with it maybe some of what it is in.
            while (true)
            {
                if (levels == 0)
                    return at;
                at = JsonLexis.SkipSpace(json, at);
                var isInObject = (objects & 1) != 0;
                var next = JsonLexis.ByteAt(json, at);
                if (next == ',')
                {
                    at = JsonLexis.SkipSpace(json, at + 1);
                    if (isInObject)
                        at = JsonLexis.AfterColon(json, JsonLexis.EndOfString(json, at, out _));
                    break;
                }
                if (next != (isInObject ? '}' : ']'))
                    return JsonLexis.Broken;
                at++;
                objects >>= 1;
                levels--;
            }
        }
    }

    private static int EndOfScalar(ReadOnlySpan<byte> json, int at, byte first) => first switch
    {
        (byte)'t' => JsonLexis.EndOfLiteral(json, at, "true"u8),
        (byte)'f' => JsonLexis.EndOfLiteral(json, at, "false"u8),
        (byte)'n' => JsonLexis.EndOfLiteral(json, at, "null"u8),
        (byte)'-' or (>= (byte)'0' and <= (byte)'9') => JsonLexis.EndOfNumber(json, at),
        _ => JsonLexis.Broken,
    };
}
