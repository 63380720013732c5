using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>
/// Takes chunks of relay objects as a primary's own intake: validation, quarantine and deduplication are those of its
/// partitions. Behind <c>POST /v1/relay</c>, and in the process of a receiver that was promoted.
/// </summary>
/// <param name="intake">Where events go; asked at each chunk, since a runtime has it once it is open.</param>
/// <param name="objects">Remembers objects that were delivered whole.</param>
/// <param name="sources">The sources.</param>
/// <param name="journalTimeout">How long remembering may take.</param>
/// <param name="time">Stamps the arrival.</param>
/// <param name="region">Name of this region, which every answer says; null for one without a name.</param>
public sealed class RelayIntake(
    Func<IIntake> intake, Func<IRelayedObjects> objects, SourceCatalogue sources, TimeSpan journalTimeout, TimeProvider time, string? region = null)
{
    /// <summary>Offers the events of a chunk. All of them are durable in the journal where it says that they are stored.</summary>
    public async Task<RelayAnswer> AcceptAsync(RelayChunk chunk, CancellationToken cancellation)
    {
        try
        {
            if (await objects().WasRelayedAsync(chunk.Region, chunk.ObjectKey, chunk.ObjectSha256, cancellation))
                return new RelayAnswer(RelayOutcome.AlreadyDelivered, Region: region);
        }
        catch (JournalUnavailableException exception)
        {
            return Busy(exception.Message);
        }

        var events = new List<StoredEvents>(chunk.Lines);
        try
        {
            if (Read(chunk, events) is { } problem)
                return problem;
            var answer = await OfferAsync(events);
            return answer.Outcome == RelayOutcome.Stored && chunk.IsLast ? await RememberAsync(chunk, answer, cancellation) : answer;
        }
        finally
        {
            foreach (var read in events)
                read.Dispose();
        }
    }

    /// <summary>Reads all lines before any is offered.</summary>
    /// <returns>What is wrong with one; null when all were read.</returns>
    private RelayAnswer? Read(RelayChunk chunk, List<StoredEvents> events)
    {
        var reader = new RelayedEventReader(sources.Current);
        var mark = CollectorMark.Relayed(chunk.Region, Now);
        var rest = chunk.Bytes.Span;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            if (end < 0)
                return Refused("it ends in the middle of a line");
            try
            {
                events.Add(reader.Read(rest[..end], mark));
            }
            catch (UnknownSourceException exception)
            {
                return new RelayAnswer(RelayOutcome.UnknownSource, Detail: exception.Message);
            }
            catch (InvalidDataException exception)
            {
                return Refused($"line {chunk.FirstLine + events.Count + 1}: {exception.Message}");
            }

            rest = rest[(end + 1)..];
        }

        return events.Count == chunk.Lines ? null : Refused($"it has {events.Count} lines where {chunk.Lines} were announced");
    }

    /// <summary>Offers them side by side, so that partitions commit them in groups.</summary>
    private async Task<RelayAnswer> OfferAsync(List<StoredEvents> events)
    {
        var target = intake();
        var results = await Task.WhenAll(events.Select(read => read.OfferAsync(target).AsTask()));
        var sum = results.Aggregate(new IntakeResult(IntakeOutcome.Stored), (all, one) => all + one);
        // What lies in a spill is safe, but on one disk, and not yet deduplicated: the receiver keeps it until it is in the journal.
        return sum.Outcome != IntakeOutcome.Stored ? Busy(sum.Reason ?? "nothing can be stored now")
            : sum.Durability == Durability.Spill ? Busy("the journal is away: the events lie in a spill")
            : new RelayAnswer(RelayOutcome.Stored, sum.Accepted, sum.Quarantined, sum.Duplicates, Region: region);
    }

    /// <summary>The events are durable: only now the object may count as delivered.</summary>
    private async Task<RelayAnswer> RememberAsync(RelayChunk chunk, RelayAnswer answer, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(journalTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        var result = await objects().RecordRelayedAsync(new RelayedObject(chunk.Region, chunk.ObjectKey, chunk.ObjectSha256, Now), either.Token);
        return result.Outcome == JournalOutcome.Committed ? answer : Busy(result.Reason ?? "the journal took no record of it");
    }

    private Instant Now => Instant.From(time.GetUtcNow());

    private static RelayAnswer Refused(string why) => new(RelayOutcome.Refused, Detail: why);

    private static RelayAnswer Busy(string why) => new(RelayOutcome.Busy, Detail: why);
}
