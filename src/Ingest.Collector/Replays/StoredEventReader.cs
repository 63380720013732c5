using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>
/// Reads the events of stored lines again, by the protocol that brought them and by the sources of today. Each event
/// keeps its first receipt and, where the line was one event, its id.
/// </summary>
/// <param name="sources">The sources in force.</param>
/// <param name="limits">The collector's limits.</param>
public sealed class StoredEventReader(SourceSet sources, CollectorLimits limits)
{
    /// <summary>Reads a line.</summary>
    /// <param name="line">Its bytes, without the line feed.</param>
    /// <param name="replayedAt">The moment of a replay; null where the line is only to be rendered anew.</param>
    /// <exception cref="InvalidDataException">It is no line of the lake, or of a source that is not configured.</exception>
    public StoredEvents Read(ReadOnlySpan<byte> line, Instant? replayedAt = null)
    {
        var home = new EventBatch(line.Length + 512);
        var batches = new SourceBatches(home);
        try
        {
            var stored = StoredLine.Read(line, home, replayedAt is { } moment ? CollectorMark.Replayed(moment) : null);
            if (!sources.TryGet(stored.Source, out var source))
                throw new InvalidDataException($"its source {stored.Source} is not configured");
            var ids = new DerivedIds(EventId.Hash(home[stored.PlainId]));
            ReadEvents(stored, source, home, batches, ids);
            var events = new StoredEvents(stored, home, batches);
            Settle(events, home, ids, replayedAt is not null);
            return events;
        }
        catch
        {
            batches.Dispose();
            home.Dispose();
            throw;
        }
    }

    private void ReadEvents(StoredLine line, Source source, EventBatch home, SourceBatches batches, DerivedIds ids)
    {
        var errors = new RequestErrors();
        if (line.Protocol == ProtocolNames.Json)
        {
            ReadJson(line, source, batches.Of(source), ids, errors);
            return;
        }
        // What no source claimed may have found its source since.
        using var reader = new TrackerEventReader(home, batches, sources, source.IsUnclaimed ? null : source, ids, errors);
        if (LonePart.ReasonIn(line.Errors) is { } reason)
        {
            reader.AddBytes(line.Original, EventRules.Protocol, reason);
            return;
        }
        switch (line.Protocol)
        {
            case ProtocolNames.SnowplowPost:
                ReadPost(line, home, reader, errors);
                break;
            case ProtocolNames.SnowplowGet:
                ReadGet(line, home, reader);
                break;
            default:
                reader.AddBytes(line.Original, EventRules.Protocol, $"its line names no protocol that can be read again, but '{line.Protocol}'");
                break;
        }
    }

    private void ReadJson(StoredLine line, Source source, EventBatch batch, DerivedIds ids, RequestErrors errors)
    {
        using var events = new PooledList<JsonEvent>();
        if (!line.IsUnread)
            events.Add(JsonBody.ReadOne(batch[line.Original], source.Fields));
        else if (!JsonBody.TryScan(batch[line.Original], source.Fields, limits.EventsMax, events))
        {
            Quarantine.AddBytes(batch, line.Original, EventRules.NotJson, TooMany, ids, errors);
            return;
        }
        var reader = new JsonEventReader(batch, source, ids, Utf8.IsValid(batch[line.Original]), errors);
        foreach (ref readonly var found in events.Items)
            reader.Add(found);
        if (events.Count == 0)
            Quarantine.AddBytes(batch, line.Original, EventRules.NotJson, "there is no event in it", ids, errors);
    }

    private void ReadPost(StoredLine line, EventBatch home, TrackerEventReader reader, RequestErrors errors)
    {
        if (!line.IsUnread)
        {
            AddItem(line, home, reader, errors);
            return;
        }
        using var items = new PooledList<TrackerItem>();
        if (TrackerPayload.Read(home[line.Original], limits.EventsMax, items, errors) is { } error)
        {
            // An item that is not UTF-8, or too deep, is kept as bytes too; a body that parses is none of that.
            if (error.Rule != EventRules.NotJson && line.Errors.Any(old => old.Rule == EventRules.NotJson))
                AddItem(line, home, reader, errors);
            else
                reader.AddBytes(line.Original, error.Rule, error.Found);
            return;
        }
        if (items.Count > limits.EventsMax)
        {
            reader.AddBytes(line.Original, EventRules.Protocol, TooMany);
            return;
        }
        var isUtf8 = Utf8.IsValid(home[line.Original]);
        foreach (ref readonly var item in items.Items)
            reader.Add(item, isUtf8);
    }

    /// <summary>
    /// Adds the item that the original is. Which of its parameters came from the request's query is not stored, and those
    /// may have any name: so a parameter is held to the protocol only where it was before. Nor is what the query replaced.
    /// </summary>
    internal static void AddItem(StoredLine line, EventBatch home, TrackerEventReader reader, RequestErrors? errors)
    {
        TrackerItem item;
        try
        {
            item = ReadItem(home, line.Original, errors);
        }
        catch (JsonException e)
        {
            reader.AddBytes(line.Original, EventRules.NotJson, e.Message);
            return;
        }
        item.Errors?.RemoveAll(error => !line.Errors.Any(old => old.Rule == error.Rule && old.Where == error.Where));
        reader.Add(item, isUtf8: false);
    }

    private static void ReadGet(StoredLine line, EventBatch home, TrackerEventReader reader)
    {
        if (!line.IsUnread)
        {
            AddItem(line, home, reader, errors: null);
            return;
        }
        if (!Utf8.IsValid(home[line.Original]))
        {
            reader.AddBytes(line.Original, EventRules.Protocol, "it is no query");
            return;
        }
        var query = QueryObject.Append(home, Encoding.UTF8.GetString(home[line.Original]));
        if (query.Problem is { } problem)
            reader.AddBytes(query.Json, problem.Rule, problem.Found);
        else
            reader.Add(ReadItem(home, query.Json, errors: null), isUtf8: true);
    }

    private static TrackerItem ReadItem(EventBatch batch, Slice json, RequestErrors? errors)
    {
        var reader = new Utf8JsonReader(batch[json], JsonScan.BodyOptions);
        reader.Read();
        return TrackerItem.Read(ref reader, json.Offset, errors);
    }

    /// <summary>Gives the events the line's first receipt, and a line's only event the line's id.</summary>
    private static void Settle(StoredEvents events, EventBatch home, DerivedIds ids, bool isReplay)
    {
        var line = events.Line;
        var isOnly = events.Count == 1;
        foreach (var (_, batch) in events.Batches)
        {
            if (batch != home)
                batch.Collector = batch.Append(home[home.Collector]);
            for (var i = 0; i < batch.Events.Length; i++)
            {
                var entry = batch.Events[i];
                entry.ReceivedAt = line.ReceivedAt;
                if (isOnly && (!line.IsUnread || ids.Gave(entry.IdHash)))
                {
                    var id = EventId.Hash(home[line.PlainId]);
                    entry.IdHash = isReplay ? EventId.ReplayHash(id) : id;
                    entry.Id = batch == home ? line.Id : batch.Append(home[line.Id]);
                }
                batch.Replace(i, entry);
            }
        }
    }

    private string TooMany => $"it holds more than {limits.EventsMax} events";
}
