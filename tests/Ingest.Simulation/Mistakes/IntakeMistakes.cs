using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>Ids are marked as known when they come, not when they are stored.</summary>
internal sealed class MarksEarly(IIntake inner, Host host) : IIntake
{
    public async ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch)
    {
        if (!MarkAll(batch))
            return new IntakeResult(IntakeOutcome.Stored, Duplicates: batch.Events.Length);
        return await inner.AcceptAsync(source, batch);
    }

    private bool MarkAll(EventBatch batch)
    {
        var isNew = false;
        foreach (ref readonly var entry in batch.Events)
            isNew |= host.Marks.Add(entry.IdHash);
        return isNew;
    }
}

/// <summary>A request counts as stored once the first of its parts is.</summary>
internal sealed class AnswersForAll(IIntake inner) : IIntake
{
    public async ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch)
    {
        var events = batch.Events.Length;
        using var part = new EventBatch();
        part.Collector = part.Append(batch[batch.Collector]);
        Intakes.Copy(batch, part, index => index < (events + 1) / 2);
        var result = await inner.AcceptAsync(source, part);
        return result with { Accepted = result.Accepted + (result.Outcome == IntakeOutcome.Stored ? events - part.Events.Length : 0) };
    }
}

/// <summary>What cannot be valid is answered with success, and forgotten.</summary>
internal sealed class DropsInvalid(IIntake inner) : IIntake
{
    public async ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch)
    {
        var events = batch.Events.Length;
        using var valid = new EventBatch();
        valid.Collector = valid.Append(batch[batch.Collector]);
        Intakes.Copy(batch, valid, index => batch.Events[index].Errors is null);
        if (valid.Events.IsEmpty)
            return new IntakeResult(IntakeOutcome.Stored, Quarantined: events);
        var result = await inner.AcceptAsync(source, valid);
        return result with { Quarantined = result.Quarantined + (result.Outcome == IntakeOutcome.Stored ? events - valid.Events.Length : 0) };
    }
}

internal static class Intakes
{
    /// <summary>Copies some of the events of a batch.</summary>
    public static void Copy(EventBatch from, EventBatch to, Func<int, bool> takes)
    {
        for (var i = 0; i < from.Events.Length; i++)
        {
            var entry = from.Events[i];
            if (!takes(i))
                continue;
            var firstCheck = to.CheckCount;
            var payload = to.Append(from[entry.Payload]);
            for (var check = 0; check < entry.CheckCount; check++)
                to.Add(from.Checks[entry.FirstCheck + check] with { Instance = payload });
            entry.FirstCheck = firstCheck;
            entry.Id = to.Append(from[entry.Id]);
            entry.Payload = payload;
            to.Add(entry);
        }
    }
}
