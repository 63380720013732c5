using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ingest.Tracker;

/// <summary>A payload of self-describing events. All values of an event are strings.</summary>
internal sealed class SnowplowBody : IEventWriter
{
    // The body is no HTML. The default would write each quote of the data in six bytes instead of two.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SnowplowProtocol _protocol;
    private readonly MemoryStream _bytes = new();
    private readonly Utf8JsonWriter _json;

    public SnowplowBody(SnowplowProtocol protocol)
    {
        _protocol = protocol;
        _json = new Utf8JsonWriter(_bytes, Plain);
        _json.WriteStartObject();
        _json.WriteString("schema"u8, "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4");
        _json.WriteStartArray("data"u8);
    }

    public long Length => _json.BytesCommitted + _json.BytesPending;

    public void Add(QueuedEvent queued, long sentAt)
    {
        _json.WriteStartObject();
        _json.WriteString("e"u8, "ue");
        _json.WriteString("eid"u8, queued.Body.Id);
        _json.WriteString("aid"u8, _protocol.AppId);
        _json.WriteString("p"u8, _protocol.Platform);
        _json.WriteString("tv"u8, TrackerVersion.Text);
        if (_protocol.TrackerNamespace is { } name)
            _json.WriteString("tna"u8, name);
        _json.WriteString("dtm"u8, queued.Time.OccurredAt.ToString(CultureInfo.InvariantCulture));
        _json.WriteString("stm"u8, sentAt.ToString(CultureInfo.InvariantCulture));
        var described = Describe(queued.Body);
        if (_protocol.EncodesBase64)
            // The alphabet for URLs without padding, as the official trackers write it.
            _json.WriteString("ue_px"u8, Convert.ToBase64String(described).TrimEnd('=').Replace('+', '-').Replace('/', '_'));
        else
            _json.WriteString("ue_pr"u8, described);
        _json.WriteEndObject();
    }

    public byte[] Finish()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
        return _bytes.ToArray();
    }

    public void Dispose()
    {
        _json.Dispose();
        _bytes.Dispose();
    }

    /// <summary>The data with its schema, in the envelope of self-describing events.</summary>
    private static byte[] Describe(EventBody body)
    {
        using var bytes = new MemoryStream(body.Data.Length + 256);
        using (var json = new Utf8JsonWriter(bytes, Plain))
        {
            json.WriteStartObject();
            json.WriteString("schema"u8, "iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0");
            json.WriteStartObject("data"u8);
            // An event of a file that was filled for another protocol may have none: the collector judges it.
            json.WriteString("schema"u8, body.Schema ?? "");
            json.WritePropertyName("data"u8);
            json.WriteRawValue(body.Data, skipInputValidation: true);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }
}
