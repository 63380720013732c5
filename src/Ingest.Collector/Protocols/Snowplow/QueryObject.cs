using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>The parameters of a query as a JSON object of strings, which is then read like any other item.</summary>
public sealed class QueryObject
{
    /// <summary>Parameters of a query. Trackers send about thirty; all of them are merged into each event of a POST.</summary>
    public const int ParametersMax = 500;

    private readonly HashSet<byte[]> _names = new(Utf8Comparer.Instance);
    private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    private readonly string _query;

    private QueryObject(string query)
    {
        _query = query;
        _lookup = _names.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>
    /// The object in the batch. A parameter that stands twice stands twice here. Where there is a <see cref="Problem"/>
    /// it is the query itself, as text.
    /// </summary>
    public Slice Json { get; private set; }

    /// <summary>Why the query cannot be read as parameters; null where it can.</summary>
    public EventError? Problem { get; private set; }

    /// <summary>True where there is any parameter that can be read.</summary>
    public bool HasParameters => Problem is null && _names.Count > 0;

    /// <summary>Decodes a query and appends the object to a batch.</summary>
    /// <param name="batch">Receives it.</param>
    /// <param name="query">The query as sent, with or without its question mark.</param>
    public static QueryObject Append(EventBatch batch, string query) => Append(batch, query, without: default);

    /// <summary>The same query without a parameter; appended anew where it has it.</summary>
    public QueryObject Without(EventBatch batch, ReadOnlySpan<byte> name) =>
        Contains(name) ? Append(batch, _query, name) : this;

    /// <summary>True where the query has this parameter.</summary>
    public bool Contains(ReadOnlySpan<byte> name) => _lookup.Contains(name);

    private static QueryObject Append(EventBatch batch, string query, ReadOnlySpan<byte> without)
    {
        var result = new QueryObject(query);
        var raw = query.AsSpan(query.StartsWith('?') ? 1 : 0);
        var decoded = ArrayPool<byte>.Shared.Rent(Math.Max(1, Encoding.UTF8.GetMaxByteCount(raw.Length)));
        try
        {
            result.Json = result.Render(batch, raw, decoded, without) ?? Keep(batch, raw);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(decoded);
        }
        return result;
    }

    private Slice? Render(EventBatch batch, ReadOnlySpan<char> raw, byte[] decoded, ReadOnlySpan<byte> without)
    {
        var start = batch.Append("{"u8).Offset;
        var count = 0;
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
            {
                Problem = new EventError("", EventRules.NotUtf8, "the query, decoded, is not UTF-8");
                return null;
            }
            if (!without.IsEmpty && text[..name].SequenceEqual(without))
                continue;
            if (++count > ParametersMax)
            {
                Problem = new EventError("", EventRules.Protocol, $"the query has more than {ParametersMax} parameters");
                return null;
            }
            batch.Append(count > 1 ? ",\""u8 : "\""u8);
            AppendEscaped(batch, text[..name]);
            batch.Append("\":\""u8);
            AppendEscaped(batch, text[name..]);
            batch.Append("\""u8);
            _lookup.Add(text[..name]);
        }
        var end = batch.Append("}"u8).Offset + 1;
        return new Slice(start, end - start);
    }

    private static Slice Keep(EventBatch batch, ReadOnlySpan<char> raw)
    {
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
