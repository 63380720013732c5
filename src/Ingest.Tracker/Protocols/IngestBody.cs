using System.Text.Json;

namespace Ingest.Tracker;

/// <summary>An array of events in plain JSON.</summary>
internal sealed class IngestBody : IEventWriter
{
    private readonly MemoryStream _bytes = new();
    private readonly Utf8JsonWriter _json;

    public IngestBody()
    {
        _json = new Utf8JsonWriter(_bytes);
        _json.WriteStartArray();
    }

    public long Length => _json.BytesCommitted + _json.BytesPending;

    public void Add(QueuedEvent queued, long sentAt)
    {
        _json.WriteStartObject();
        _json.WriteString("event_id"u8, queued.Body.Id);
        _json.WriteString("name"u8, queued.Body.Name);
        _json.WriteString("occurred_at"u8, DateTimeOffset.FromUnixTimeMilliseconds(queued.Time.OccurredAt).UtcDateTime);
        _json.WriteString("sent_at"u8, DateTimeOffset.FromUnixTimeMilliseconds(sentAt).UtcDateTime);
        if (queued.Body.Schema is { } schema)
            _json.WriteString("schema"u8, schema);
        _json.WritePropertyName("data"u8);
        // It was read as JSON when it was tracked.
        _json.WriteRawValue(queued.Body.Data, skipInputValidation: true);
        _json.WriteEndObject();
    }

    public byte[] Finish()
    {
        _json.WriteEndArray();
        _json.Flush();
        return _bytes.ToArray();
    }

    public void Dispose()
    {
        _json.Dispose();
        _bytes.Dispose();
    }
}
