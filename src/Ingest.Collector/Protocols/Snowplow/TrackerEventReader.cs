using System.Text.Unicode;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>
/// Turns what was found in a tracker request into events: finds the source of each, resolves its parameters, notes
/// errors and documents to validate.
/// </summary>
/// <param name="home">The request's own batch, which holds what was found.</param>
/// <param name="batches">The batches of the sources.</param>
/// <param name="sources">The sources in force.</param>
/// <param name="pathSource">The source that the path names; null where the app id decides.</param>
/// <param name="ids">Ids for events that brought none.</param>
/// <param name="errors">The errors of the request.</param>
public sealed class TrackerEventReader(
    EventBatch home, SourceBatches batches, SourceSet sources, Source? pathSource, IIdSource ids, RequestErrors errors) : IDisposable
{
    private readonly EntityReader _entities = new(errors);

    /// <summary>Adds bytes that could not be read, as one event.</summary>
    public void AddBytes(Slice payload, string rule, string found)
    {
        var batch = batches.Of(pathSource ?? sources.OfAppId([]));
        if (batch != home)
            payload = batch.Append(home[payload]);
        Quarantine.AddBytes(batch, payload, rule, found, ids, errors);
    }

    /// <summary>Adds an item.</summary>
    /// <param name="item">The item, in the request's own batch.</param>
    /// <param name="isUtf8">True where its bytes are known to be UTF-8.</param>
    public void Add(TrackerItem item, bool isUtf8)
    {
        if (!isUtf8 && !Utf8.IsValid(home[item.Payload]))
        {
            AddBytes(item.Payload, EventRules.NotJson, "strings of JSON must be UTF-8");
            return;
        }
        if (item.Depth > JsonScan.DepthMax)
        {
            AddBytes(item.Payload, EventRules.NotJson, $"it is nested deeper than {JsonScan.DepthMax} levels");
            return;
        }
        var source = SourceOf(item);
        var batch = batches.Of(source);
        if (batch != home)
            item = item.MovedTo(batch.Append(home[item.Payload]));
        Add(batch, source, item);
    }

    public void Dispose() => _entities.Dispose();

    private Source SourceOf(in TrackerItem item)
    {
        if (pathSource is not null)
            return pathSource;
        var appId = home[item[TrackerParameter.AppId]];
        if (!appId.Contains((byte)'\\'))
            return sources.OfAppId(appId);
        Span<byte> plain = stackalloc byte[SourceSet.AppIdLengthMax * JsonText.EscapeFactor];
        return appId.Length <= plain.Length && JsonText.TryUnescape(appId, plain, out var length)
            ? sources.OfAppId(plain[..length])
            : sources.OfAppId([]);
    }

    private void Add(EventBatch batch, Source source, in TrackerItem item)
    {
        var entry = new EventEntry { Payload = item.Payload, FirstCheck = batch.CheckCount, Errors = item.Errors };
        if (source.IsUnclaimed)
            Fail(ref entry, $"/{TrackerParameters.NameOf(TrackerParameter.AppId)}", EventRules.Protocol, "no source claims this app id");
        if (item.IsObject)
            ReadItem(batch, source, ref entry, item);
        else
            Fail(ref entry, "", EventRules.NotAnObject, "an event of a tracker payload is a JSON object");
        if (Quarantine.HalfPair(batch[item.Payload]) is { } halfPair)
            Fail(ref entry, halfPair);
        if (entry.Id.IsEmpty)
            EventHead.AssignId(batch, ref entry, ids);
        entry.CheckCount = batch.CheckCount - entry.FirstCheck;
        batch.Add(entry);
    }

    private void ReadItem(EventBatch batch, Source source, ref EventEntry entry, in TrackerItem item)
    {
        Require(ref entry, item, TrackerParameter.TrackerVersion);
        Require(ref entry, item, TrackerParameter.Platform);
        Require(ref entry, item, TrackerParameter.EventType);
        ReadId(batch, ref entry, item);
        entry.OccurredAt = Time(batch, ref entry, item, TrackerParameter.DeviceCreated);
        entry.SentAt = Time(batch, ref entry, item, TrackerParameter.DeviceSent);
        entry.TrueAt = Time(batch, ref entry, item, TrackerParameter.TrueTime);
        ReadType(batch, ref entry, item);
        if (item.Payload.Length > source.EventBytesMax)
        {
            Fail(ref entry, "", EventRules.TooLarge,
                $"it has {item.Payload.Length} bytes; source {source.Name} allows {source.EventBytesMax}");
            return;
        }
        _entities.Read(batch, ref entry, item);
    }

    private void Require(ref EventEntry entry, in TrackerItem item, TrackerParameter parameter)
    {
        if (item[parameter].IsEmpty)
            Fail(ref entry, parameter, EventRules.Protocol, "is missing");
    }

    private void ReadId(EventBatch batch, ref EventEntry entry, in TrackerItem item)
    {
        var contents = item[TrackerParameter.EventId];
        if (contents.IsEmpty)
            return;
        if (EventHead.TryResolve(batch, contents, out var plain, out var canonical) is { } problem)
        {
            Fail(ref entry, TrackerParameter.EventId, EventRules.BadField, problem);
            return;
        }
        // A macro that a tag manager left as it was, such as undefined, would make all its events one.
        if (!EventId.IsUuid(batch[plain]))
        {
            Fail(ref entry, TrackerParameter.EventId, EventRules.Protocol, $"'{JsonText.Excerpt(batch[plain])}' is no UUID");
            return;
        }
        entry.Id = canonical;
        entry.IdHash = EventId.Hash(batch[plain]);
    }

    /// <summary>Sets the name by the kind of event. That of a self-describing event comes from its schema.</summary>
    private void ReadType(EventBatch batch, ref EventEntry entry, in TrackerItem item)
    {
        var type = batch[item[TrackerParameter.EventType]];
        var name = type switch
        {
            [(byte)'p', (byte)'v'] => "page_view"u8,
            [(byte)'p', (byte)'p'] => "page_ping"u8,
            [(byte)'s', (byte)'e'] => "struct"u8,
            [(byte)'t', (byte)'r'] => "transaction"u8,
            [(byte)'t', (byte)'i'] => "transaction_item"u8,
            _ => default,
        };
        if (!name.IsEmpty)
            entry.Name = batch.Append(name);
        else if (!type.SequenceEqual("ue"u8) && !type.IsEmpty)
        {
            Fail(ref entry, TrackerParameter.EventType, EventRules.Protocol,
                $"'{JsonText.Excerpt(type)}' is no kind of event: pv, pp, se, ue, tr or ti");
        }
        else if (!type.IsEmpty && item[TrackerParameter.EventJson].IsEmpty && item[TrackerParameter.EventBase64].IsEmpty)
        {
            Fail(ref entry, TrackerParameter.EventJson, EventRules.Protocol,
                "and ue_px are missing, one of which a self-describing event has");
        }
    }

    private long Time(EventBatch batch, ref EventEntry entry, in TrackerItem item, TrackerParameter parameter)
    {
        var contents = item[parameter];
        if (contents.IsEmpty)
            return EventEntry.NoTime;
        if (Timestamps.TryParseMilliseconds(batch[contents], out var time))
            return time;
        Fail(ref entry, parameter, EventRules.BadField,
            $"'{JsonText.Excerpt(batch[contents])}' is no number of Unix milliseconds of the years 1 to 9999");
        return EventEntry.NoTime;
    }

    private void Fail(ref EventEntry entry, TrackerParameter parameter, string rule, string problem)
    {
        var name = TrackerParameters.NameOf(parameter);
        Fail(ref entry, "/" + name, rule, $"{name} {problem}");
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
