using System.Buffers;
using System.Text;

namespace Ingest.Collector;

/// <summary>Reads and writes the contents of JSON strings, byte to byte.</summary>
public static class JsonText
{
    /// <summary>Most bytes that <see cref="Escape"/> makes of one.</summary>
    public const int EscapeFactor = 6;

    private static readonly SearchValues<byte> MustEscape = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\']);

    /// <summary>Unescapes the contents of a JSON string that a reader has accepted.</summary>
    /// <param name="contents">The contents, without quotes.</param>
    /// <param name="destination">At least as long as <paramref name="contents"/>: unescaping never makes text longer.</param>
    /// <param name="written">Bytes written.</param>
    /// <returns>False where an escape stands for half a surrogate pair, which no UTF-8 can hold.</returns>
    public static bool TryUnescape(ReadOnlySpan<byte> contents, Span<byte> destination, out int written)
    {
        written = 0;
        while (true)
        {
            var next = contents.IndexOf((byte)'\\');
            var plain = next < 0 ? contents : contents[..next];
            plain.CopyTo(destination[written..]);
            written += plain.Length;
            if (next < 0)
                return true;
            contents = contents[(next + 1)..];
            if (contents[0] != 'u')
            {
                destination[written++] = Unescaped(contents[0]);
                contents = contents[1..];
                continue;
            }
            if (!TryReadRune(ref contents, out var rune))
                return false;
            written += rune.EncodeToUtf8(destination[written..]);
        }
    }

    /// <summary>Finds an escape that stands for half a surrogate pair, in a value or a name.</summary>
    /// <param name="json">JSON that a reader has accepted: a backslash can only be in a string.</param>
    /// <returns>Where the escape begins, or -1. Costs one search where nothing is escaped so.</returns>
    public static int IndexOfHalfPair(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\\u"u8) < 0)
            return -1;
        var rest = json;
        for (var next = rest.IndexOf((byte)'\\'); next >= 0; next = rest.IndexOf((byte)'\\'))
        {
            var at = json.Length - rest.Length + next;
            rest = rest[(next + 1)..];
            if (rest[0] != 'u')
                rest = rest[1..];
            else if (!TryReadRune(ref rest, out _))
                return at;
        }
        return -1;
    }

    /// <summary>Escapes text in the one canonical way: only what JSON demands, short forms where there are any.</summary>
    /// <param name="text">Valid UTF-8.</param>
    /// <param name="destination">At least <see cref="EscapeFactor"/> times as long.</param>
    /// <returns>Bytes written.</returns>
    public static int Escape(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var written = 0;
        while (true)
        {
            var next = text.IndexOfAny(MustEscape);
            var plain = next < 0 ? text : text[..next];
            plain.CopyTo(destination[written..]);
            written += plain.Length;
            if (next < 0)
                return written;
            written += EscapeOne(text[next], destination[written..]);
            text = text[(next + 1)..];
        }
    }

    /// <summary>A JSON Pointer to a member of the event: <c>/name</c>, escaped as RFC 6901 wants, cut where it is long.</summary>
    public static string Pointer(ReadOnlySpan<byte> name) =>
        "/" + Excerpt(name).Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>The first characters of a text, for messages: error texts stay short whatever clients send.</summary>
    public static string Excerpt(ReadOnlySpan<byte> text)
    {
        const int lengthMax = 64;
        return text.Length <= lengthMax
            ? Encoding.UTF8.GetString(text)
            : Encoding.UTF8.GetString(text[..lengthMax]) + "…";
    }

    private static byte Unescaped(byte escape) => escape switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => escape,
    };

    /// <summary>Reads <c>uXXXX</c>, or the two escapes of a surrogate pair.</summary>
    private static bool TryReadRune(ref ReadOnlySpan<byte> contents, out Rune rune)
    {
        var first = ReadHex(contents[1..5]);
        contents = contents[5..];
        if (Rune.TryCreate(first, out rune))
            return true;
        if (!char.IsHighSurrogate(first) || contents.Length < 6 || contents[0] != '\\' || contents[1] != 'u')
            return false;
        var second = ReadHex(contents[2..6]);
        contents = contents[6..];
        return Rune.TryCreate(first, second, out rune);
    }

    private static char ReadHex(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits)
            value = (value << 4) | HexValue(digit);
        return (char)value;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static int EscapeOne(byte value, Span<byte> destination)
    {
        destination[0] = (byte)'\\';
        var letter = value switch
        {
            (byte)'"' or (byte)'\\' => value,
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            _ => (byte)'u',
        };
        destination[1] = letter;
        if (letter != 'u')
            return 2;
        "00"u8.CopyTo(destination[2..]);
        destination[4] = "0123456789abcdef"u8[value >> 4];
        destination[5] = "0123456789abcdef"u8[value & 15];
        return 6;
    }
}
