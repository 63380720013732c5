using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>The parameters of a query as a JSON object of strings, which is then read like any other item.</summary>
public sealed class QueryObject
{
    private readonly List<byte[]> _names = [];

    private QueryObject()
    {
    }

    /// <summary>The object in the batch. A parameter that stands twice stands twice here.</summary>
    public Slice Json { get; private set; }

    /// <summary>True where there is any parameter that can be read.</summary>
    public bool HasParameters => IsUtf8 && _names.Count > 0;

    /// <summary>True where the decoded parameters are UTF-8; else <see cref="Json"/> holds the query itself, as text.</summary>
    public bool IsUtf8 { get; private set; } = true;

    /// <summary>Decodes a query and appends the object to a batch.</summary>
    /// <param name="batch">Receives it.</param>
    /// <param name="query">The query as sent, with or without its question mark.</param>
    public static QueryObject Append(EventBatch batch, string query)
    {
        var result = new QueryObject();
        var raw = query.AsSpan().TrimStart('?');
        var decoded = ArrayPool<byte>.Shared.Rent(Math.Max(1, Encoding.UTF8.GetMaxByteCount(raw.Length)));
        try
        {
            result.Json = result.Render(batch, raw, decoded) ?? result.Keep(batch, raw);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(decoded);
        }
        return result;
    }

    /// <summary>True where the query has this parameter.</summary>
    public bool Contains(ReadOnlySpan<byte> name)
    {
        foreach (var known in _names)
        {
            if (name.SequenceEqual(known))
                return true;
        }
        return false;
    }

    private Slice? Render(EventBatch batch, ReadOnlySpan<char> raw, byte[] decoded)
    {
        var start = batch.Append("{"u8).Offset;
        foreach (var range in raw.Split('&'))
        {
            var parameter = raw[range];
            if (parameter.IsEmpty)
                continue;
            var equals = parameter.IndexOf('=');
            var name = Decode(equals < 0 ? parameter : parameter[..equals], decoded);
            var value = Decode(equals < 0 ? [] : parameter[(equals + 1)..], decoded.AsSpan(name));
            var text = decoded.AsSpan(0, name + value);
            if (!Utf8.IsValid(text[..name]) || !Utf8.IsValid(text[name..]))
                return null;
            batch.Append(HasParameters ? ",\""u8 : "\""u8);
            AppendEscaped(batch, text[..name]);
            batch.Append("\":\""u8);
            AppendEscaped(batch, text[name..]);
            batch.Append("\""u8);
            _names.Add(text[..name].ToArray());
        }
        var end = batch.Append("}"u8).Offset + 1;
        return new Slice(start, end - start);
    }

    private Slice Keep(EventBatch batch, ReadOnlySpan<char> raw)
    {
        IsUtf8 = false;
        var room = batch.GetSpan(Encoding.UTF8.GetMaxByteCount(raw.Length));
        return batch.Advance(Encoding.UTF8.GetBytes(raw, room));
    }

    private static void AppendEscaped(EventBatch batch, ReadOnlySpan<byte> text)
    {
        var room = batch.GetSpan(text.Length * JsonText.EscapeFactor);
        batch.Advance(JsonText.Escape(text, room));
    }

    /// <summary>Decodes percent escapes, and plus as blank as forms have it; a broken escape stands for itself.</summary>
    private static int Decode(ReadOnlySpan<char> raw, Span<byte> destination)
    {
        var written = 0;
        while (!raw.IsEmpty)
        {
            if (raw[0] == '%' && raw.Length >= 3 && char.IsAsciiHexDigit(raw[1]) && char.IsAsciiHexDigit(raw[2]))
            {
                destination[written++] = (byte)((Hex(raw[1]) << 4) | Hex(raw[2]));
                raw = raw[3..];
                continue;
            }
            Rune.DecodeFromUtf16(raw, out var rune, out var used);
            written += (raw[0] == '+' ? new Rune(' ') : rune).EncodeToUtf8(destination[written..]);
            raw = raw[used..];
        }
        return written;
    }

    private static int Hex(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
