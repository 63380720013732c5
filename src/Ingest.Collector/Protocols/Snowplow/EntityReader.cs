using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>
/// Reads the documents inside a tracker event: the self-describing event (<c>ue_pr</c>, <c>ue_px</c>) and the contexts
/// (<c>co</c>, <c>cx</c>). Envelopes are checked here; what is in them is noted for validation.
/// </summary>
/// <param name="errors">The errors of the request.</param>
public sealed class EntityReader(RequestErrors errors) : IDisposable
{
    /// <summary>
    /// Documents of one request that may fail to parse. Each costs as much time as ten good ones, and a request can hold
    /// a hundred thousand; those beyond are not looked at, and their events go to the quarantine.
    /// </summary>
    public const int BrokenMax = 1000;

    /// <summary>Documents of one event that are validated. Real events have up to about twenty contexts.</summary>
    public const int DocumentsMax = 256;

    private readonly PooledList<SelfDescribing> _contexts = new();
    private int _broken;

    /// <summary>Reads all of them.</summary>
    public void Read(EventBatch batch, ref EventEntry entry, in TrackerItem item)
    {
        ReadEvent(batch, ref entry, item, TrackerParameter.EventJson);
        ReadEvent(batch, ref entry, item, TrackerParameter.EventBase64);
        ReadContexts(batch, ref entry, item, TrackerParameter.ContextsJson);
        ReadContexts(batch, ref entry, item, TrackerParameter.ContextsBase64);
    }

    public void Dispose() => _contexts.Dispose();

    private void ReadEvent(EventBatch batch, ref EventEntry entry, in TrackerItem item, TrackerParameter parameter)
    {
        if (item[parameter].IsEmpty)
            return;
        var where = "/" + TrackerParameters.NameOf(parameter);
        if (!TryDecode(batch, ref entry, item[parameter], parameter, where, out var document))
            return;
        try
        {
            var envelope = SelfDescribing.Read(batch[document], document.Offset);
            if (!envelope.IsComplete || !IgluUri.IsSelfDescribingEvent(Plain(batch, envelope.Schema, out _)))
            {
                Fail(ref entry, where, "is not an unstruct_event 1-0-x of com.snowplowanalytics.snowplow with schema and data");
                return;
            }
            var inner = SelfDescribing.Read(batch[envelope.Data], envelope.Data.Offset);
            if (!AddCheck(batch, ref entry, inner, where + "/data", out var schema, out var name))
                return;
            // Other kinds of events keep their own name, though they should have no such document.
            if (!entry.Name.IsEmpty)
                return;
            entry.Schema = schema;
            entry.Name = name;
        }
        catch (JsonException e)
        {
            _broken++;
            Fail(ref entry, where, "is not JSON: " + e.Message);
        }
    }

    private void ReadContexts(EventBatch batch, ref EventEntry entry, in TrackerItem item, TrackerParameter parameter)
    {
        if (item[parameter].IsEmpty)
            return;
        var where = "/" + TrackerParameters.NameOf(parameter);
        if (!TryDecode(batch, ref entry, item[parameter], parameter, where, out var document))
            return;
        _contexts.Clear();
        try
        {
            var envelope = SelfDescribing.Read(batch[document], document.Offset);
            if (!envelope.IsComplete || !IgluUri.IsContexts(Plain(batch, envelope.Schema, out _))
                || !SelfDescribing.TryReadArray(batch[envelope.Data], envelope.Data.Offset, _contexts))
            {
                Fail(ref entry, where, "is not a contexts 1-0-x of com.snowplowanalytics.snowplow with an array as data");
                return;
            }
        }
        catch (JsonException e)
        {
            _broken++;
            Fail(ref entry, where, "is not JSON: " + e.Message);
            return;
        }
        if (batch.CheckCount - entry.FirstCheck + _contexts.Count > DocumentsMax)
        {
            Fail(ref entry, where, $"was not looked at: an event has at most {DocumentsMax} documents");
            return;
        }
        for (var i = 0; i < _contexts.Count; i++)
            AddCheck(batch, ref entry, _contexts.Items[i], $"{where}/data/{i}", out _, out _);
    }

    /// <summary>Notes the document for validation; where it is not self-describing, that is the error.</summary>
    private bool AddCheck(
        EventBatch batch, ref EventEntry entry, SelfDescribing found, string where, out Slice schema, out Slice name)
    {
        schema = name = default;
        if (!found.IsComplete)
        {
            Fail(ref entry, where, "is not self-describing: it needs a schema and data");
            return false;
        }
        var uri = Plain(batch, found.Schema, out schema);
        if (!IgluUri.TryGetName(uri, out var range) || uri.Length > EventHead.TextBytesMax)
        {
            Fail(ref entry, where + "/schema", $"'{JsonText.Excerpt(uri)}' is not an Iglu URI: iglu:VENDOR/NAME/jsonschema/1-0-0");
            return false;
        }
        var (start, length) = range.GetOffsetAndLength(uri.Length);
        name = new Slice(schema.Offset + start, length);
        batch.Add(new SchemaCheck(schema, found.Data, where + "/data"));
        return true;
    }

    /// <summary>The document in a parameter: unescaped, and decoded where it is base64.</summary>
    private bool TryDecode(
        EventBatch batch, ref EventEntry entry, Slice contents, TrackerParameter parameter, string where, out Slice document)
    {
        document = default;
        if (_broken >= BrokenMax)
        {
            Fail(ref entry, where, $"was not looked at: {BrokenMax} documents of this request before it are not JSON");
            return false;
        }
        if (!BatchText.TryUnescape(batch, contents, out document))
        {
            Fail(ref entry, where, "holds half a surrogate pair");
            return false;
        }
        if (parameter is TrackerParameter.EventJson or TrackerParameter.ContextsJson)
            return true;
        if (TryDecodeBase64(batch, document, out document) && Utf8.IsValid(batch[document]))
            return true;
        Fail(ref entry, where, "is not base64url of UTF-8 text");
        return false;
    }

    /// <summary>Decodes base64url, padded or not, and the standard alphabet too, which some older trackers use.</summary>
    private static bool TryDecodeBase64(EventBatch batch, Slice encoded, out Slice decoded)
    {
        var room = batch.GetSpan(Base64.GetMaxDecodedFromUtf8Length(encoded.Length) + 3);
        var source = batch[encoded];
        var status = source.ContainsAny((byte)'+', (byte)'/')
            ? Base64.DecodeFromUtf8(source, room, out _, out var written)
            : Base64Url.DecodeFromUtf8(source, room, out _, out written);
        decoded = status == OperationStatus.Done ? batch.Advance(written) : default;
        return status == OperationStatus.Done;
    }

    /// <summary>The plain text of a JSON string's contents; as sent where that cannot be had.</summary>
    private static ReadOnlySpan<byte> Plain(EventBatch batch, Slice contents, out Slice plain)
    {
        if (!BatchText.TryUnescape(batch, contents, out plain))
            plain = contents;
        return batch[plain];
    }

    private void Fail(ref EventEntry entry, string where, string problem)
    {
        if (!errors.HasRoom(entry.Errors))
            return;
        var own = entry.Errors;
        errors.Add(ref own, Quarantine.Error(where, EventRules.Protocol, $"{where[1..]} {problem}"));
        entry.Errors = own;
    }
}
