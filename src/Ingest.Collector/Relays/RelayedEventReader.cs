using System.Text.Unicode;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>
/// Reads relay lines as the primary would have read the requests themselves: same events, same ids, same errors of the
/// protocol, and the documents to validate by the rules of today.
/// </summary>
/// <remarks>
/// What its protocol rejected keeps the errors of the receiver: some are of the request as a whole, and one event of it does
/// not show them any more. For the same reason bytes that could not be read stay the one event that they were.
/// </remarks>
/// <param name="sources">The sources in force.</param>
public sealed class RelayedEventReader(SourceSet sources)
{
    /// <summary>Reads a line.</summary>
    /// <param name="line">Its bytes, without the line feed.</param>
    /// <param name="mark">Says that it was relayed.</param>
    /// <exception cref="InvalidDataException">It is no relay line.</exception>
    /// <exception cref="UnknownSourceException">Its source is not configured.</exception>
    public StoredEvents Read(ReadOnlySpan<byte> line, CollectorMark mark)
    {
        var home = new EventBatch(line.Length + 512);
        var batches = new SourceBatches(home);
        try
        {
            var stored = StoredLine.Read(line, home, mark);
            if (!sources.TryGet(stored.Source, out var source))
                throw new UnknownSourceException($"source {stored.Source} is not configured at the primary");
            var ids = new DerivedIds(EventId.Hash(home[stored.PlainId]));
            if (stored.IsUnread)
                AddUnread(stored, batches.Of(source));
            else
                ReadEvent(stored, source, home, batches, ids);
            Settle(stored, home, batches);
            return new StoredEvents(stored, home, batches);
        }
        catch
        {
            batches.Dispose();
            home.Dispose();
            throw;
        }
    }

    private void ReadEvent(StoredLine line, Source source, EventBatch home, SourceBatches batches, DerivedIds ids)
    {
        var errors = new RequestErrors();
        switch (line.Protocol)
        {
            case ProtocolNames.Json:
                var batch = batches.Of(source);
                new JsonEventReader(batch, source, ids, Utf8.IsValid(batch[line.Original]), errors)
                    .Add(JsonBody.ReadOne(batch[line.Original], source.Fields));
                break;
            case ProtocolNames.SnowplowPost or ProtocolNames.SnowplowGet:
                // What no source claimed may have found its source since.
                using (var reader = new TrackerEventReader(home, batches, sources, source.IsUnclaimed ? null : source, ids, errors))
                    StoredEventReader.AddItem(line, home, reader, line.Protocol == ProtocolNames.SnowplowGet ? null : errors);
                break;
            default:
                throw new InvalidDataException($"it names no protocol that can be read again, but '{line.Protocol}'");
        }
    }

    private static void AddUnread(StoredLine line, EventBatch batch) => batch.Add(new EventEntry
    {
        Payload = line.Original,
        Kind = Utf8.IsValid(batch[line.Original]) ? PayloadKind.Text : PayloadKind.Binary,
        FirstCheck = batch.CheckCount,
    });

    /// <summary>Gives the event its first receipt, its id and what its protocol found.</summary>
    private static void Settle(StoredLine line, EventBatch home, SourceBatches batches)
    {
        var (source, batch) = batches.All.Single();
        if (batch != home)
            batch.Collector = batch.Append(home[home.Collector]);
        var entry = batch.Events[0];
        entry.ReceivedAt = line.ReceivedAt;
        entry.Id = batch == home ? line.Id : batch.Append(home[line.Id]);
        entry.IdHash = EventId.Hash(home[line.PlainId]);
        // A source that was found since is one error less.
        if (line.Errors.Count > 0 && source.Name == line.Source)
            entry.Errors = [.. line.Errors];
        batch.Replace(0, entry);
    }
}
