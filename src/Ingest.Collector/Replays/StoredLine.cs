using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>A line of the lake, good or quarantined, read back. Its bytes are in the batch that it was read into.</summary>
public sealed class StoredLine
{
    private StoredLine()
    {
    }

    /// <summary>Name of its source.</summary>
    public string Source { get; private set; } = "";

    /// <summary>The <c>event_id</c> as it stands in the line: contents of a JSON string.</summary>
    public Slice Id { get; private set; }

    /// <summary>The same, unescaped.</summary>
    public Slice PlainId { get; private set; }

    /// <summary>The first receipt, in Unix milliseconds.</summary>
    public long ReceivedAt { get; private set; } = EventEntry.NoTime;

    /// <summary>One of <see cref="ProtocolNames"/>, or whatever else the line says; null where it says nothing.</summary>
    public string? Protocol { get; private set; }

    /// <summary>The event as sent: at the start of the batch, as a request's body is.</summary>
    public Slice Original { get; private set; }

    /// <summary>Why it went to the quarantine; empty for a good line.</summary>
    public IReadOnlyList<EventError> Errors { get; private set; } = [];

    /// <summary>
    /// True where the original was kept as bytes that could not be read: it may be a whole request's body. Otherwise it
    /// is one JSON value that was one event.
    /// </summary>
    public bool IsUnread => Errors.Any(error =>
        error.Where.Length == 0 && error.Rule is (EventRules.NotJson or EventRules.NotUtf8 or EventRules.Protocol));

    /// <summary>Reads a line.</summary>
    /// <param name="line">Its bytes, without the line feed.</param>
    /// <param name="batch">An empty batch; receives the original, then the rest.</param>
    /// <param name="mark">What is added to the <c>collector</c> object; null to leave that as it is.</param>
    /// <exception cref="InvalidDataException">It is no line of the lake.</exception>
    public static StoredLine Read(ReadOnlySpan<byte> line, EventBatch batch, CollectorMark? mark = null)
    {
        try
        {
            var fields = new Fields(mark);
            fields.Read(line);
            return fields.ToLine(line, batch);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"it is no line of the lake: {exception.Message}", exception);
        }
    }

    /// <summary>Where the fields are in the line.</summary>
    private sealed class Fields(CollectorMark? mark)
    {
        private string? _source;
        private Slice _id;
        private long _receivedAt = EventEntry.NoTime;
        private Slice _collector;
        private string? _protocol;
        private bool _isMarked;
        private List<EventError>? _errors;
        private Slice? _payload;
        private Slice? _text;
        private Slice? _base64;

        public void Read(ReadOnlySpan<byte> line)
        {
            var reader = new Utf8JsonReader(line, JsonScan.BodyOptions);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                throw new FormatException("it is not a JSON object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                ReadField(ref reader);
            // Throws where anything but white space follows.
            reader.Read();
        }

        public StoredLine ToLine(ReadOnlySpan<byte> line, EventBatch batch)
        {
            if (_source is null || _id.IsEmpty || _receivedAt == EventEntry.NoTime)
                throw new FormatException("event_id, source or received_at is missing");
            var stored = new StoredLine
            {
                Source = _source,
                ReceivedAt = _receivedAt,
                Protocol = _protocol,
                Original = AppendOriginal(line, batch),
                Errors = _errors ?? [],
                Id = batch.Append(Of(line, _id)),
            };
            if (!BatchText.TryUnescape(batch, stored.Id, out var plain))
                throw new FormatException("event_id holds half a surrogate pair");
            stored.PlainId = plain;
            if (!_collector.IsEmpty)
                batch.Collector = AppendCollector(Of(line, _collector), batch);
            return stored;
        }

        private void ReadField(ref Utf8JsonReader reader)
        {
            var isId = reader.ValueTextEquals("event_id"u8);
            var isSource = reader.ValueTextEquals("source"u8);
            var isReceived = reader.ValueTextEquals("received_at"u8);
            var isCollector = reader.ValueTextEquals("collector"u8);
            var isErrors = reader.ValueTextEquals("errors"u8);
            var isPayload = reader.ValueTextEquals("payload"u8);
            var isText = reader.ValueTextEquals("original"u8);
            var isBase64 = reader.ValueTextEquals("original_base64"u8);
            reader.Read();
            var deepest = 0;
            if (isSource)
                _source = reader.GetString();
            else if (isReceived)
                _receivedAt = Instant.From(reader.GetDateTimeOffset()).UnixMilliseconds;
            else if (isErrors)
                ReadErrors(ref reader);
            else if (isCollector && reader.TokenType == JsonTokenType.StartObject)
                ReadCollector(ref reader);
            else if (isPayload)
                _payload = JsonScan.Value(ref reader, ref deepest);
            else if (reader.TokenType == JsonTokenType.String && isId)
                _id = JsonScan.Contents(reader);
            else if (reader.TokenType == JsonTokenType.String && isText)
                _text = JsonScan.Contents(reader);
            else if (reader.TokenType == JsonTokenType.String && isBase64)
                _base64 = JsonScan.Contents(reader);
            else
                JsonScan.Value(ref reader, ref deepest);
        }

        private void ReadErrors(ref Utf8JsonReader reader)
        {
            _errors = [];
            if (reader.TokenType != JsonTokenType.StartArray)
                throw new FormatException("errors is not an array");
            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                string where = "", rule = "", found = "";
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var isWhere = reader.ValueTextEquals("where"u8);
                    var isRule = reader.ValueTextEquals("rule"u8);
                    reader.Read();
                    var text = reader.GetString() ?? "";
                    (where, rule, found) = isWhere ? (text, rule, found) : isRule ? (where, text, found) : (where, rule, text);
                }
                _errors.Add(new EventError(where, rule, found));
            }
        }

        private void ReadCollector(ref Utf8JsonReader reader)
        {
            var start = (int)reader.TokenStartIndex;
            var deepest = 0;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isProtocol = reader.ValueTextEquals("protocol"u8);
                _isMarked |= mark is not null && reader.ValueTextEquals(mark.Name.Span);
                reader.Read();
                if (isProtocol && reader.TokenType == JsonTokenType.String)
                    _protocol = reader.GetString();
                else
                    JsonScan.Value(ref reader, ref deepest);
            }
            _collector = new Slice(start, (int)reader.BytesConsumed - start);
        }

        private Slice AppendOriginal(ReadOnlySpan<byte> line, EventBatch batch)
        {
            if (_payload is { } payload)
                return batch.Append(Of(line, payload));
            // A relay line has the original of every event, and errors only of those that its protocol rejected.
            if (_errors is null)
                throw new FormatException("it has neither payload nor errors");
            if (_text is { } text)
            {
                return JsonText.TryUnescape(Of(line, text), batch.GetSpan(text.Length), out var written)
                    ? batch.Advance(written)
                    : throw new FormatException("original holds half a surrogate pair");
            }
            if (_base64 is not { } base64)
                throw new FormatException("it has neither original nor original_base64");
            var status = Base64.DecodeFromUtf8(Of(line, base64), batch.GetSpan(base64.Length), out _, out var decoded);
            return status == OperationStatus.Done
                ? batch.Advance(decoded)
                : throw new FormatException("original_base64 is no base64");
        }

        private Slice AppendCollector(ReadOnlySpan<byte> collector, EventBatch batch)
        {
            if (mark is null || _isMarked)
                return batch.Append(collector);
            // Everything but the closing brace, then the one fact more.
            var start = batch.Append(collector[..^1]).Offset;
            if (collector.IndexOf((byte)':') >= 0)
                batch.Append(","u8);
            batch.Append(mark.Member.Span);
            var end = batch.Append("}"u8);
            return new Slice(start, end.Offset + end.Length - start);
        }

        private static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> line, Slice slice) => line.Slice(slice.Offset, slice.Length);
    }
}
