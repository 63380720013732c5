using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Ingest.Engine;

/// <summary>
/// Renders an event once as its lake line, a JSON object and a line feed. docs/lake-format.md describes the fields; the
/// golden files hold the bytes.
/// </summary>
/// <param name="source">The source of all its events; of a relay source, the lines name the source itself.</param>
public sealed class LineWriter(string source)
{
    private readonly byte[] _source = [.. "\",\"source\":\""u8, .. System.Text.Encoding.ASCII.GetBytes(RelaySource.PlainOf(source)), .. "\",\"name\":"u8];

    /// <summary>Writes a valid event.</summary>
    /// <param name="lines">Where to.</param>
    /// <param name="batch">Its batch.</param>
    /// <param name="entry">The event.</param>
    /// <param name="arrived">When it arrived here: its receipt, unless it carries its first one.</param>
    public void WriteGood(PooledBuffer lines, EventBatch batch, in EventEntry entry, Instant arrived)
    {
        WriteHead(lines, batch, entry, arrived);
        lines.Write(",\"payload\":"u8);
        var start = lines.Length;
        lines.Write(batch[entry.Payload]);
        KeepOnOneLine(lines, start);
        lines.Write("}\n"u8);
    }

    /// <summary>
    /// Writes an event that nobody has validated, with its original bytes as a quarantine line has them, and what its
    /// protocol found: all that the primary needs to read it as if it had come there.
    /// </summary>
    public void WriteRelayed(PooledBuffer lines, EventBatch batch, in EventEntry entry, Instant arrived) =>
        WriteWithErrors(lines, batch, entry, arrived, entry.Errors ?? []);

    /// <summary>Writes an invalid event with all of its errors and its original bytes.</summary>
    public void WriteQuarantined(
        PooledBuffer lines, EventBatch batch, in EventEntry entry, Instant arrived, List<EventError> errors) =>
        WriteWithErrors(lines, batch, entry, arrived, errors);

    /// <summary>
    /// When the event happened by our clock. With both device times: received − (sent − occurred), so that a wrong device
    /// clock does not matter. A time the sender vouches for wins; a device time alone is taken unless it lies ahead.
    /// </summary>
    internal static Instant Derive(in EventEntry entry, Instant received)
    {
        if (entry.TrueAt != EventEntry.NoTime)
            return new Instant(entry.TrueAt);
        if (entry.OccurredAt == EventEntry.NoTime)
            return received;
        if (entry.SentAt == EventEntry.NoTime)
            return Instant.Min(new Instant(entry.OccurredAt), received);
        return entry.SentAt > entry.OccurredAt
            ? new Instant(received.UnixMilliseconds - (entry.SentAt - entry.OccurredAt))
            : received;
    }

    private void WriteWithErrors(
        PooledBuffer lines, EventBatch batch, in EventEntry entry, Instant arrived, List<EventError> errors)
    {
        WriteHead(lines, batch, entry, arrived);
        lines.Write(",\"errors\":["u8);
        for (var i = 0; i < errors.Count; i++)
        {
            lines.Write(i == 0 ? "{\"where\":"u8 : ",{\"where\":"u8);
            WriteText(lines, errors[i].Where);
            lines.Write(",\"rule\":"u8);
            WriteText(lines, errors[i].Rule);
            lines.Write(",\"found\":"u8);
            WriteText(lines, errors[i].Found);
            lines.Write((byte)'}');
        }

        var original = batch[entry.Payload];
        if (entry.Kind != PayloadKind.Binary && Utf8.IsValid(original))
        {
            lines.Write("],\"original\":"u8);
            WriteText(lines, original);
            lines.Write(",\"original_base64\":null}\n"u8);
        }
        else
        {
            lines.Write("],\"original\":null,\"original_base64\":\""u8);
            Base64.EncodeToUtf8(original, lines.GetSpan(Base64.GetMaxEncodedToUtf8Length(original.Length)), out _, out var written);
            lines.Advance(written);
            lines.Write("\"}\n"u8);
        }
    }

    private void WriteHead(PooledBuffer lines, EventBatch batch, in EventEntry entry, Instant arrived)
    {
        var received = entry.ReceivedAt == EventEntry.NoTime ? arrived : new Instant(entry.ReceivedAt);
        var collector = batch[entry.Collector.IsEmpty ? batch.Collector : entry.Collector];
        lines.Write("{\"event_id\":\""u8);
        lines.Write(batch[entry.Id]);
        lines.Write(_source);
        WriteString(lines, batch[entry.Name]);
        lines.Write(",\"schema\":"u8);
        WriteString(lines, batch[entry.Schema]);
        lines.Write(",\"occurred_at\":"u8);
        WriteTime(lines, entry.OccurredAt);
        lines.Write(",\"sent_at\":"u8);
        WriteTime(lines, entry.SentAt);
        lines.Write(",\"received_at\":"u8);
        WriteTime(lines, received.UnixMilliseconds);
        lines.Write(",\"derived_at\":"u8);
        WriteTime(lines, Derive(entry, received).UnixMilliseconds);
        lines.Write(",\"collector\":"u8);
        lines.Write(collector.IsEmpty ? "null"u8 : collector);
    }

    private static void WriteString(PooledBuffer lines, ReadOnlySpan<byte> contents)
    {
        if (contents.IsEmpty)
        {
            lines.Write("null"u8);
            return;
        }

        lines.Write((byte)'"');
        lines.Write(contents);
        lines.Write((byte)'"');
    }

    private static void WriteTime(PooledBuffer lines, long unixMilliseconds)
    {
        if (unixMilliseconds == EventEntry.NoTime)
        {
            lines.Write("null"u8);
            return;
        }

        var span = lines.GetSpan(Instant.TextLength + 2);
        span[0] = (byte)'"';
        new Instant(unixMilliseconds).Write(span[1..]);
        span[Instant.TextLength + 1] = (byte)'"';
        lines.Advance(Instant.TextLength + 2);
    }

    /// <summary>
    /// A line feed in valid JSON can only be white space between tokens, never inside a string: a blank says the same.
    /// </summary>
    private static void KeepOnOneLine(PooledBuffer lines, int start)
    {
        var rest = lines.WrittenFrom(start);
        for (var at = rest.IndexOfAny((byte)'\n', (byte)'\r'); at >= 0; at = rest.IndexOfAny((byte)'\n', (byte)'\r'))
        {
            rest[at] = (byte)' ';
            rest = rest[(at + 1)..];
        }
    }

    private static void WriteText(PooledBuffer lines, string text) => WriteText(lines, System.Text.Encoding.UTF8.GetBytes(text));

    private static void WriteText(PooledBuffer lines, ReadOnlySpan<byte> utf8)
    {
        lines.Write((byte)'"');
        while (!utf8.IsEmpty)
        {
            // One input byte becomes at most 6 (\u0000); a bounded piece at a time keeps the room asked for small.
            var piece = utf8[..Math.Min(utf8.Length, 16 << 10)];
            var isLast = piece.Length == utf8.Length;
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping.EncodeUtf8(
                piece, lines.GetSpan(piece.Length * 6), out var consumed, out var written, isLast);
            lines.Advance(written);
            utf8 = utf8[consumed..];
        }

        lines.Write((byte)'"');
    }
}
