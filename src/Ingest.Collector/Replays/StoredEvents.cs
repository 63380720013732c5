using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>
/// The events of one stored line, read again: one, or several where the line holds a whole body that could not be read
/// before. They pass together or not at all, so that a line is either done or stands as it was.
/// </summary>
public sealed class StoredEvents : IDisposable
{
    /// <summary>Errors kept of all events of a line.</summary>
    private const int ErrorsMax = 100;

    private readonly EventBatch _home;
    private readonly SourceBatches _batches;

    internal StoredEvents(StoredLine line, EventBatch home, SourceBatches batches)
    {
        Line = line;
        _home = home;
        _batches = batches;
    }

    /// <summary>The line.</summary>
    public StoredLine Line { get; }

    /// <summary>The line's <c>event_id</c>.</summary>
    public string LineId => System.Text.Encoding.UTF8.GetString(_home[Line.PlainId]);

    /// <summary>The events by source; nearly always one batch with one event.</summary>
    public IReadOnlyList<(Source Source, EventBatch Batch)> Batches => _batches.All;

    /// <summary>Number of events.</summary>
    public int Count => _batches.All.Sum(part => part.Batch.Events.Length);

    /// <summary>Judges all of them by the rules of their sources.</summary>
    /// <returns>Every reason why one is invalid; null where all are valid.</returns>
    public IReadOnlyList<EventError>? Judge()
    {
        List<EventError>? all = null;
        foreach (var (source, batch) in _batches.All)
        {
            foreach (ref readonly var entry in batch.Events)
            {
                if (EventJudge.Judge(batch, entry, source.Validator) is { } errors && (all?.Count ?? 0) < ErrorsMax)
                    (all ??= []).AddRange(errors);
            }
        }
        return all is { Count: > ErrorsMax } ? all[..ErrorsMax] : all;
    }

    /// <summary>
    /// Offers them, judged valid, to the intake. They go without the documents to validate: another process may have
    /// other rules for a moment, and an event that it put into the quarantine would count as replayed.
    /// </summary>
    public ValueTask<IntakeResult> AcceptAsync(IIntake intake)
    {
        foreach (var (_, batch) in _batches.All)
        {
            for (var i = 0; i < batch.Events.Length; i++)
                batch.Judged(i, batch.Events[i].Errors);
        }
        return _batches.AcceptAsync(intake);
    }

    /// <summary>Offers them with the documents to validate: the partitions judge.</summary>
    public ValueTask<IntakeResult> OfferAsync(IIntake intake) => _batches.AcceptAsync(intake);

    public void Dispose()
    {
        _batches.Dispose();
        _home.Dispose();
    }
}
