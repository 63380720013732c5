using System.Numerics;
using System.Runtime.Intrinsics;
using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>
/// Reads an event that is a sound JSON object, in one pass and at less than half the cost of <see cref="Utf8JsonReader"/>:
/// what is inside its members' values is stepped over, not told token by token.
/// </summary>
/// <remarks>
/// It takes only what that reader takes, and finds the same in it. It gives up on everything else, on objects deeper than
/// <see cref="JsonScan.DepthMax"/> too; the reader then says what is wrong. So a mistake here may cost time, but must
/// never let anything through: a test compares the two.
/// </remarks>
/// <param name="json">The bytes. As with the reader, nobody has looked yet whether strings are UTF-8.</param>
/// <param name="names">What the source calls its fields.</param>
/// <param name="at">Where to begin.</param>
public ref struct JsonObjectScan(ReadOnlySpan<byte> json, FieldNames names, int at)
{
    private const byte FirstNotControl = 0x20;

    private readonly ReadOnlySpan<byte> _json = json;
    private int _deepest;

    /// <summary>The first byte that was not read.</summary>
    public int At { get; private set; } = at;

    /// <summary>The byte at <see cref="At"/>; zero at the end, which is nowhere part of JSON.</summary>
    public readonly byte Current => At < _json.Length ? _json[At] : (byte)0;

    /// <summary>Steps over a byte, and white space after it.</summary>
    public void Next()
    {
        At++;
        SkipSpace();
    }

    public void SkipSpace()
    {
        while (Current is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            At++;
    }

    /// <summary>Reads the object that begins here; what follows it is not looked at.</summary>
    /// <param name="found">The event; slices count from the start of the bytes.</param>
    /// <returns>False where it must be left to <see cref="Utf8JsonReader"/>.</returns>
    public bool TryRead(out JsonEvent found)
    {
        found = new JsonEvent { IsObject = true };
        var start = At;
        if (Current != '{')
            return false;
        _deepest = 1;
        Next();
        if (Current != '}' && !TryMembers(ref found))
            return false;
        At++;
        found.Payload = new Slice(start, At - start);
        found.Depth = _deepest;
        return true;
    }

    /// <summary>Reads members up to the brace that ends them.</summary>
    private bool TryMembers(ref JsonEvent found)
    {
        while (true)
        {
            if (!TryName(out var name, out var isEscaped))
                return false;
            var field = isEscaped ? FindEscaped(name) : names.Find(name);
            if (!TryValue(out var value))
                return false;
            if (field is { } known)
                found[known] = value;
            SkipSpace();
            if (Current != ',')
                return Current == '}';
            Next();
        }
    }

    private readonly JsonField? FindEscaped(ReadOnlySpan<byte> name)
    {
        Span<byte> scratch = stackalloc byte[128];
        return names.Find(JsonScan.Unescaped(name, scratch));
    }

    private bool TryValue(out JsonFieldValue value)
    {
        var start = At;
        var type = TypeOf(Current);
        var isRead = type switch
        {
            JsonTokenType.String => TrySkipString(out _),
            JsonTokenType.StartObject or JsonTokenType.StartArray => TrySkipNested(),
            _ => TrySkipScalar(type),
        };
        value = type == JsonTokenType.String
            ? new JsonFieldValue(type, new Slice(start + 1, At - start - 2))
            : new JsonFieldValue(type, new Slice(start, At - start));
        return isRead;
    }

    /// <summary>Steps over an object or array that is a member's value, whatever is in it.</summary>
    private bool TrySkipNested()
    {
        // A bit for each level, the innermost lowest: set for an object. The event itself is one more level.
        var objects = 0UL;
        var levels = 0;
        while (true)
        {
            var type = TypeOf(Current);
            if (type is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                var isObject = type == JsonTokenType.StartObject;
                if (++levels >= JsonScan.DepthMax)
                    return false;
                _deepest = Math.Max(_deepest, levels + 1);
                objects = (objects << 1) | (isObject ? 1UL : 0);
                Next();
                if (Current != (isObject ? '}' : ']'))
                {
                    if (isObject && !TryName(out _, out _))
                        return false;
                    continue;
                }
                At++;
                objects >>= 1;
                levels--;
            }
            else if (!(type == JsonTokenType.String ? TrySkipString(out _) : TrySkipScalar(type)))
                return false;

            // A value has ended, and with it maybe some of what it is in.
            while (levels > 0)
            {
                SkipSpace();
                var isInObject = (objects & 1) != 0;
                if (Current == ',')
                {
                    Next();
                    if (isInObject && !TryName(out _, out _))
                        return false;
                    break;
                }
                if (Current != (isInObject ? '}' : ']'))
                    return false;
                At++;
                objects >>= 1;
                levels--;
            }
            if (levels == 0)
                return true;
        }
    }

    /// <summary>Reads a name and the colon after it, up to the value.</summary>
    private bool TryName(out ReadOnlySpan<byte> name, out bool isEscaped)
    {
        var start = At + 1;
        name = default;
        isEscaped = false;
        if (Current != '"' || !TrySkipString(out isEscaped))
            return false;
        name = _json[start..(At - 1)];
        SkipSpace();
        if (Current != ':')
            return false;
        Next();
        return true;
    }

    private bool TrySkipString(out bool isEscaped)
    {
        isEscaped = false;
        At++;
        while (true)
        {
            At = IndexOfSpecial(_json, At);
            if (Current == '"')
            {
                At++;
                return true;
            }
            if (Current != '\\' || !TrySkipEscape())
                return false;
            isEscaped = true;
        }
    }

    private bool TrySkipEscape()
    {
        At++;
        switch (Current)
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                At++;
                return true;
            case (byte)'u':
                At++;
                for (var end = At + 4; At < end; At++)
                {
                    if (!char.IsAsciiHexDigit((char)Current))
                        return false;
                }
                return true;
            default:
                return false;
        }
    }

    private bool TrySkipScalar(JsonTokenType type) => type switch
    {
        JsonTokenType.Number => TrySkipNumber(),
        JsonTokenType.True => TrySkip("true"u8),
        JsonTokenType.False => TrySkip("false"u8),
        JsonTokenType.Null => TrySkip("null"u8),
        _ => false,
    };

    private bool TrySkip(ReadOnlySpan<byte> literal)
    {
        if (!_json[At..].StartsWith(literal))
            return false;
        At += literal.Length;
        return true;
    }

    private bool TrySkipNumber()
    {
        if (Current == '-')
            At++;
        // No digit may follow a leading zero; what does is no comma and no bracket either.
        if (Current == '0')
            At++;
        else if (!TrySkipDigits())
            return false;
        if (Current == '.')
        {
            At++;
            if (!TrySkipDigits())
                return false;
        }
        if (Current is not ((byte)'e' or (byte)'E'))
            return true;
        At++;
        if (Current is (byte)'+' or (byte)'-')
            At++;
        return TrySkipDigits();
    }

    private bool TrySkipDigits()
    {
        var start = At;
        while (char.IsAsciiDigit((char)Current))
            At++;
        return At > start;
    }

    /// <summary>The type of the value that begins with this byte; <see cref="JsonTokenType.None"/> where none does.</summary>
    private static JsonTokenType TypeOf(byte first) => first switch
    {
        (byte)'"' => JsonTokenType.String,
        (byte)'{' => JsonTokenType.StartObject,
        (byte)'[' => JsonTokenType.StartArray,
        (byte)'t' => JsonTokenType.True,
        (byte)'f' => JsonTokenType.False,
        (byte)'n' => JsonTokenType.Null,
        (byte)'-' or (>= (byte)'0' and <= (byte)'9') => JsonTokenType.Number,
        _ => JsonTokenType.None,
    };

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
