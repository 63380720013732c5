namespace Ingest.Engine;

/// <summary>Decides whether an event is good. The one place for it: at receipt, in a replay and in a rebuild.</summary>
public static class EventJudge
{
    /// <summary>
    /// Errors that a batch keeps until its partition has rendered it: 8 KiB. Most batches have none, and what a partition finds
    /// is gone at once; a hostile request could have far more than its bytes.
    /// </summary>
    public const int ErrorsAheadMax = 16;

    /// <summary>
    /// Judges the events of a batch ahead of their partition. They keep what was found instead of the documents, so that nobody
    /// judges them again. Where more is wrong than is kept, the rest is left to the partition.
    /// </summary>
    /// <param name="batch">The events; those without documents stay as they are.</param>
    /// <param name="validator">Judges the documents.</param>
    public static void JudgeAhead(EventBatch batch, IEventValidator validator)
    {
        if (batch.Checks.IsEmpty)
            return;
        var kept = 0;
        for (var i = 0; i < batch.Events.Length; i++)
        {
            if (batch.Events[i].CheckCount == 0)
                continue;
            var errors = Judge(batch, batch.Events[i], validator);
            kept += errors?.Count ?? 0;
            if (kept > ErrorsAheadMax)
                return;
            batch.Judged(i, errors);
        }
    }

    /// <summary>Every reason why an event is invalid; null when it is valid.</summary>
    /// <param name="batch">Its batch.</param>
    /// <param name="entry">The event, with what its protocol found.</param>
    /// <param name="validator">Judges its documents.</param>
    public static List<EventError>? Judge(EventBatch batch, in EventEntry entry, IEventValidator validator)
    {
        // A list of its own: the event may be judged once more, where it is offered to another partition.
        List<EventError>? errors = entry.Errors is { } own ? [.. own] : null;
        var checks = batch.Checks.Slice(entry.FirstCheck, entry.CheckCount);
        try
        {
            foreach (ref readonly var check in checks)
                validator.Validate(batch, check, ref errors);
        }
        catch (Exception exception)
        {
            // A fault of the validator must not cost the event, nor stop its neighbours.
            (errors ??= []).Add(new EventError("", EventRules.ValidatorFailed, exception.Message));
        }

        return errors is { Count: > 0 } ? errors : null;
    }
}
