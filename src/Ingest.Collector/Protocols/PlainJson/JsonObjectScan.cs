using System.Numerics;
using System.Runtime.Intrinsics;
using System.Text.Json;
using Ingest.Engine;

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
/// Each step takes the place where something must begin and returns the place after it, or <see cref="Broken"/>, where no
/// byte is: whatever step comes next finds nothing there, so that a break need not be looked for after each.
/// </para>
/// </remarks>
public static class JsonObjectScan
{
    private const int Broken = -1;

    private const byte FirstNotControl = 0x20;

    /// <summary>Reads the object that begins at a place; what follows it is not looked at.</summary>
    /// <param name="json">The bytes. As with the reader, nobody has looked yet whether strings are UTF-8.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="names">What the source calls its fields.</param>
    /// <param name="found">The event; slices count from the start of the bytes.</param>
    /// <returns>False where it must be left to <see cref="Utf8JsonReader"/>.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, int start, FieldNames names, out JsonEvent found)
    {
        found = new JsonEvent { IsObject = true };
        if (JsonScan.ByteAt(json, start) != '{')
            return false;
        var deepest = 1;
        var at = JsonScan.SkipSpace(json, start + 1);
        if (JsonScan.ByteAt(json, at) != '}')
            at = EndOfMembers(json, at, names, ref found, ref deepest);
        if (JsonScan.ByteAt(json, at) != '}')
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
            var endOfName = EndOfString(json, at, out var isEscaped);
            var value = StartOfValue(json, endOfName);
            var end = EndOfValue(json, value, ref deepest);
            if (end == Broken)
                return Broken;
            var name = json[(at + 1)..(endOfName - 1)];
            if ((isEscaped ? FindEscaped(names, name) : names.Find(name)) is { } field)
                found[field] = Field(json, value, end);
            at = JsonScan.SkipSpace(json, end);
            if (JsonScan.ByteAt(json, at) != ',')
                return at;
            at = JsonScan.SkipSpace(json, at + 1);
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

    /// <summary>The value's first byte, after the colon that must follow a name.</summary>
    private static int StartOfValue(ReadOnlySpan<byte> json, int endOfName)
    {
        var at = JsonScan.SkipSpace(json, endOfName);
        return JsonScan.ByteAt(json, at) == ':' ? JsonScan.SkipSpace(json, at + 1) : Broken;
    }

    private static int EndOfValue(ReadOnlySpan<byte> json, int at, ref int deepest) => JsonScan.ByteAt(json, at) switch
    {
        (byte)'"' => EndOfString(json, at, out _),
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
            var first = JsonScan.ByteAt(json, at);
            if (first is (byte)'{' or (byte)'[')
            {
                if (++levels >= JsonScan.DepthMax)
                    return Broken;
                deepest = Math.Max(deepest, levels + 1);
                var isObject = first == '{';
                objects = (objects << 1) | (isObject ? 1UL : 0);
                at = JsonScan.SkipSpace(json, at + 1);
                if (JsonScan.ByteAt(json, at) != (isObject ? '}' : ']'))
                {
                    if (isObject)
                        at = StartOfValue(json, EndOfString(json, at, out _));
                    continue;
                }
                at++;
                objects >>= 1;
                levels--;
            }
            else
                at = first == '"' ? EndOfString(json, at, out _) : EndOfScalar(json, at, first);

            // A value has ended, and with it maybe some of what it is in.
            while (true)
            {
                if (levels == 0)
                    return at;
                at = JsonScan.SkipSpace(json, at);
                var isInObject = (objects & 1) != 0;
                var next = JsonScan.ByteAt(json, at);
                if (next == ',')
                {
                    at = JsonScan.SkipSpace(json, at + 1);
                    if (isInObject)
                        at = StartOfValue(json, EndOfString(json, at, out _));
                    break;
                }
                if (next != (isInObject ? '}' : ']'))
                    return Broken;
                at++;
                objects >>= 1;
                levels--;
            }
        }
    }

    private static int EndOfString(ReadOnlySpan<byte> json, int at, out bool isEscaped)
    {
        isEscaped = false;
        if (JsonScan.ByteAt(json, at) != '"')
            return Broken;
        at = IndexOfSpecial(json, at + 1);
        if (JsonScan.ByteAt(json, at) == '"')
            return at + 1;
        isEscaped = true;
        return EndOfEscaped(json, at);
    }

    /// <summary>The end of a string of which this is the first byte that is not simply part of it.</summary>
    private static int EndOfEscaped(ReadOnlySpan<byte> json, int at)
    {
        while (JsonScan.ByteAt(json, at) == '\\')
        {
            at = EndOfEscape(json, at);
            if (at == Broken)
                return Broken;
            at = IndexOfSpecial(json, at);
        }
        return JsonScan.ByteAt(json, at) == '"' ? at + 1 : Broken;
    }

    private static int EndOfEscape(ReadOnlySpan<byte> json, int at)
    {
        switch (JsonScan.ByteAt(json, at + 1))
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                return at + 2;
            case (byte)'u':
                for (var digit = at + 2; digit < at + 6; digit++)
                {
                    if (!char.IsAsciiHexDigit((char)JsonScan.ByteAt(json, digit)))
                        return Broken;
                }
                return at + 6;
            default:
                return Broken;
        }
    }

    private static int EndOfScalar(ReadOnlySpan<byte> json, int at, byte first) => first switch
    {
        (byte)'t' => EndOf(json, at, "true"u8),
        (byte)'f' => EndOf(json, at, "false"u8),
        (byte)'n' => EndOf(json, at, "null"u8),
        (byte)'-' or (>= (byte)'0' and <= (byte)'9') => EndOfNumber(json, at),
        _ => Broken,
    };

    private static int EndOf(ReadOnlySpan<byte> json, int at, ReadOnlySpan<byte> literal) =>
        json[at..].StartsWith(literal) ? at + literal.Length : Broken;

    /// <summary>No digit may follow a leading zero; what does is no comma and no bracket, and so breaks the next step.</summary>
    private static int EndOfNumber(ReadOnlySpan<byte> json, int at)
    {
        if (JsonScan.ByteAt(json, at) == '-')
            at++;
        at = JsonScan.ByteAt(json, at) == '0' ? at + 1 : EndOfDigits(json, at);
        if (JsonScan.ByteAt(json, at) == '.')
            at = EndOfDigits(json, at + 1);
        if (JsonScan.ByteAt(json, at) is not ((byte)'e' or (byte)'E'))
            return at;
        at++;
        return EndOfDigits(json, JsonScan.ByteAt(json, at) is (byte)'+' or (byte)'-' ? at + 1 : at);
    }

    private static int EndOfDigits(ReadOnlySpan<byte> json, int start)
    {
        var at = start;
        while (char.IsAsciiDigit((char)JsonScan.ByteAt(json, at)))
            at++;
        return at > start ? at : Broken;
    }

    /// <summary>The first byte that is not simply part of a string: a quote, a backslash or a control character; else the end.</summary>
    private static int IndexOfSpecial(ReadOnlySpan<byte> json, int at)
    {
        for (; json.Length - at >= Vector128<byte>.Count; at += Vector128<byte>.Count)
        {
            var bytes = Vector128.Create(json[at..]);
            var special = Vector128.Equals(bytes, Vector128.Create((byte)'"'))
                | Vector128.Equals(bytes, Vector128.Create((byte)'\\'))
                | Vector128.LessThan(bytes, Vector128.Create(FirstNotControl));
            var mask = special.ExtractMostSignificantBits();
            if (mask != 0)
                return at + BitOperations.TrailingZeroCount(mask);
        }
        while (at < json.Length && json[at] is not ((byte)'"' or (byte)'\\' or < FirstNotControl))
            at++;
        return at;
    }
}
