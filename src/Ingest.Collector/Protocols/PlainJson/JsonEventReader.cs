using System.Text.Json;
using System.Text.Unicode;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>
/// Turns what was found in a plain JSON body into the events of its batch: resolves fields, notes errors and documents to
/// validate.
/// </summary>
/// <param name="batch">Starts with the body, receives the events.</param>
/// <param name="source">Whose events they are.</param>
/// <param name="ids">Ids for events that brought none.</param>
/// <param name="isUtf8">True where the whole body is valid UTF-8, so that no event need be looked at again.</param>
/// <param name="errors">The errors of the request.</param>
public ref struct JsonEventReader(EventBatch batch, Source source, IIdSource ids, bool isUtf8, RequestErrors errors)
{
    /// <summary>The fixed schema's text in the batch, once it is needed.</summary>
    private Slice _fixedSchema;

    /// <summary>Adds one event.</summary>
    public void Add(in JsonEvent found)
    {
        if (found.Problem is { } problem)
            Quarantine.AddBytes(batch, found.Payload, EventRules.NotJson, problem, ids, errors);
        else if (!isUtf8 && !Utf8.IsValid(batch[found.Payload]))
            Quarantine.AddBytes(batch, found.Payload, EventRules.NotJson, "strings of JSON must be UTF-8", ids, errors);
        else if (found.Depth > JsonScan.DepthMax)
            Quarantine.AddBytes(batch, found.Payload, EventRules.NotJson, $"it is nested deeper than {JsonScan.DepthMax} levels", ids, errors);
        else
            AddJson(found);
    }

    private void AddJson(in JsonEvent found)
    {
        var entry = new EventEntry { Payload = found.Payload, FirstCheck = batch.CheckCount };
        if (found.IsObject)
        {
            ReadHead(ref entry, found);
            AddCheck(ref entry, found);
        }
        else
            Fail(ref entry, "", EventRules.NotAnObject, "an event is a JSON object");
        if (Quarantine.HalfPair(batch[found.Payload]) is { } halfPair)
            Fail(ref entry, halfPair);
        if (found.Payload.Length > source.EventBytesMax)
        {
            Fail(ref entry, "", EventRules.TooLarge,
                $"it has {found.Payload.Length} bytes; source {source.Name} allows {source.EventBytesMax}");
        }
        if (entry.Id.IsEmpty)
            EventHead.AssignId(batch, ref entry, ids);
        entry.CheckCount = batch.CheckCount - entry.FirstCheck;
        batch.Add(entry);
    }

    private void ReadHead(ref EventEntry entry, in JsonEvent found)
    {
        if (TryText(ref entry, found, JsonField.EventId, out var id, out var canonicalId))
        {
            entry.Id = canonicalId;
            entry.IdHash = EventId.Hash(batch[id]);
        }
        if (TryText(ref entry, found, JsonField.Name, out _, out var name))
            entry.Name = name;
        entry.OccurredAt = Time(ref entry, found, JsonField.OccurredAt);
        entry.SentAt = Time(ref entry, found, JsonField.SentAt);
    }

    /// <summary>
    /// Notes the document to validate: <c>data</c> where there is one, else the event itself. Nothing is validated of an
    /// event that is too large: that is a reason enough, and would cost the most.
    /// </summary>
    private void AddCheck(ref EventEntry entry, in JsonEvent found)
    {
        Slice schema;
        if (!source.FixedSchema.IsEmpty)
        {
            if (_fixedSchema.IsEmpty)
                _fixedSchema = batch.Append(source.FixedSchema.Span);
            schema = entry.Schema = _fixedSchema;
        }
        else if (TryText(ref entry, found, JsonField.Schema, out schema, out var canonical))
            entry.Schema = canonical;
        else
            return;
        if (found.Payload.Length > source.EventBytesMax)
            return;
        var data = found[JsonField.Data];
        var isWrapped = data.IsPresent && found[JsonField.Schema].IsPresent;
        batch.Add(isWrapped
            ? new SchemaCheck(schema, Document(data), JsonText.Pointer(source.Fields[JsonField.Data]))
            : new SchemaCheck(schema, entry.Payload, ""));
    }

    /// <summary>A value as a JSON document: of a string, its quotes belong to it.</summary>
    private static Slice Document(JsonFieldValue field) => field.Type == JsonTokenType.String
        ? new Slice(field.Value.Offset - 1, field.Value.Length + 2)
        : field.Value;

    private bool TryText(
        ref EventEntry entry, in JsonEvent found, JsonField field, out Slice plain, out Slice canonical)
    {
        plain = canonical = default;
        var value = found[field];
        if (!value.IsPresent)
            return false;
        var problem = value.Type != JsonTokenType.String ? "must be a string"
            : value.Value.IsEmpty ? "is empty"
            : EventHead.TryResolve(batch, value.Value, out plain, out canonical);
        if (problem is null)
            return true;
        Fail(ref entry, field, problem);
        return false;
    }

    private long Time(ref EventEntry entry, in JsonEvent found, JsonField field)
    {
        var value = found[field];
        if (!value.IsPresent)
            return EventEntry.NoTime;
        var text = batch[value.Value];
        if (value.Type == JsonTokenType.String && Timestamps.TryParseRfc3339(text, out var time))
            return time;
        if (value.Type == JsonTokenType.Number && Timestamps.TryParseNumber(text, out time))
            return time;
        Fail(ref entry, field,
            $"'{JsonText.Excerpt(text)}' is neither RFC 3339 text nor a number of Unix seconds or milliseconds of the years 1 to 9999");
        return EventEntry.NoTime;
    }

    private void Fail(ref EventEntry entry, JsonField field, string problem)
    {
        var name = source.Fields[field];
        Fail(ref entry, JsonText.Pointer(name), EventRules.BadField, $"{JsonText.Excerpt(name)}: {problem}");
    }

    private void Fail(ref EventEntry entry, string where, string rule, string problem) =>
        Fail(ref entry, Quarantine.Error(where, rule, problem));

    private void Fail(ref EventEntry entry, EventError error)
    {
        var own = entry.Errors;
        errors.Add(ref own, error);
        entry.Errors = own;
    }
}
