using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Ingest.Schemas;

/// <summary>
/// The text of a JSON string in UTF-8. Without escapes it is the instance's own bytes; else it is decoded into a pooled
/// buffer. An escaped lone surrogate, which UTF-8 has no form for, keeps its three-byte pattern: so different ones stay
/// different and each counts as one character.
/// </summary>
internal readonly ref struct JsonString
{
    private readonly byte[]? _rented;

    public JsonString(ReadOnlySpan<byte> raw, bool escaped)
    {
        if (!escaped)
        {
            Utf8 = raw;
            return;
        }

        // Decoding never makes a text longer.
        _rented = ArrayPool<byte>.Shared.Rent(raw.Length);
        Utf8 = _rented.AsSpan(0, Unescape(raw, _rented));
    }

    public ReadOnlySpan<byte> Utf8 { get; }

    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
    }

    /// <summary>Number of characters: Unicode code points.</summary>
    public static int CountCodePoints(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var b in utf8)
        {
            // Every code point has exactly one byte that is not a continuation byte.
            if ((b & 0xC0) != 0x80)
                count++;
        }

        return count;
    }

    private static int Unescape(ReadOnlySpan<byte> raw, Span<byte> into)
    {
        var written = 0;
        while (true)
        {
            var plain = raw.IndexOf((byte)'\\');
            if (plain < 0)
            {
                raw.CopyTo(into[written..]);
                return written + raw.Length;
            }

            raw[..plain].CopyTo(into[written..]);
            written += plain;
            var escape = raw[plain + 1];
            raw = raw[(plain + 2)..];
            if (escape != 'u')
            {
                into[written++] = escape switch
                {
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    _ => escape,
                };
                continue;
            }

            int code = Hex4(raw);
            raw = raw[4..];
            if (char.IsHighSurrogate((char)code) && raw.StartsWith("\\u"u8) && char.IsLowSurrogate((char)Hex4(raw[2..])))
            {
                code = char.ConvertToUtf32((char)code, (char)Hex4(raw[2..]));
                raw = raw[6..];
            }

            written += Encode(code, into[written..]);
        }
    }

    private static ushort Hex4(ReadOnlySpan<byte> digits)
    {
        // The reader has checked the digits.
        _ = Utf8Parser.TryParse(digits[..4], out ushort value, out _, 'x');
        return value;
    }

    private static int Encode(int code, Span<byte> into)
    {
        if (Rune.IsValid(code))
            return new Rune(code).EncodeToUtf8(into);
        into[0] = (byte)(0xE0 | (code >> 12));
        into[1] = (byte)(0x80 | ((code >> 6) & 0x3F));
        into[2] = (byte)(0x80 | (code & 0x3F));
        return 3;
    }
}
