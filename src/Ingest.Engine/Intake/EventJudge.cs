namespace Ingest.Engine;

/// <summary>Decides whether an event is good. The one place for it: at receipt, in a replay and in a rebuild.</summary>
public static class EventJudge
{
    /// <summary>Every reason why an event is invalid; null when it is valid.</summary>
    /// <param name="batch">Its batch.</param>
    /// <param name="entry">The event, with what its protocol found.</param>
    /// <param name="validator">Judges its documents.</param>
    public static List<EventError>? Judge(EventBatch batch, in EventEntry entry, IEventValidator validator)
    {
        var errors = entry.Errors;
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
