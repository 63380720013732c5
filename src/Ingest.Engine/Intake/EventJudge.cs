namespace Ingest.Engine;

/// <summary>Decides whether an event is good. The one place for it: at receipt, in a replay and in a rebuild.</summary>
public static class EventJudge
{
    /// <summary>Memory that errors found ahead may take until a partition has rendered them, for each event of their batch.</summary>
    public const int AheadBytesEach = 1 << 10;

    /// <summary>The same for a batch. What a partition finds is gone at once; a hostile request could have far more errors than bytes.</summary>
    public const int AheadBytesMax = 8 << 10;

    /// <summary>
    /// Judges the events of a batch ahead of their partition. They keep what was found instead of the documents, so that nobody
    /// judges them again. Where that is much, or takes long, the rest is left to the partition.
    /// </summary>
    /// <param name="batch">The events; those without documents stay as they are.</param>
    /// <param name="validator">Judges the documents.</param>
    /// <param name="time">Measures how long it takes.</param>
    /// <param name="longest">How long it may take; what is begun then is finished.</param>
    public static void JudgeAhead(EventBatch batch, IEventValidator validator, TimeProvider time, TimeSpan longest)
    {
        var began = time.GetTimestamp();
        var left = Math.Min(batch.Events.Length * (long)AheadBytesEach, AheadBytesMax);
        for (var i = 0; i < batch.Events.Length && time.GetElapsedTime(began) < longest; i++)
        {
            if (batch.Events[i].CheckCount == 0)
                continue;
            var errors = Judge(batch, batch.Events[i], validator);
            left -= MemoryBytesOf(errors);
            if (left < 0)
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
        if (entry.CheckCount == 0)
            return entry.Errors is { Count: > 0 } ? entry.Errors : null;
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

    private static long MemoryBytesOf(List<EventError>? errors)
    {
        // Three objects with their heads, and two bytes a character.
        const int ErrorBytes = 128;
        return errors?.Sum(error => ErrorBytes + sizeof(char) * ((long)error.Where.Length + error.Rule.Length + error.Found.Length)) ?? 0;
    }
}
