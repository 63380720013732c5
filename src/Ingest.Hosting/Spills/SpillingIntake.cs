using System.Runtime.CompilerServices;
using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Hosting;

/// <summary>
/// The way in of a process with a spill: what the journal cannot take because it is away is kept on this machine's disk, synced
/// before the answer, and answered with success. What is refused for any other reason stays refused.
/// </summary>
/// <remarks>
/// A write to the journal whose answer was lost may be stored there and in the spill: the spilled copy is a duplicate when it
/// drains. Ids are in the batch before it comes here, so that both copies have the same.
/// </remarks>
public sealed class SpillingIntake(IIntake journal, ISpill spill, JournalReach reach, TimeProvider time, HostingLog log) : IIntake
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch)
    {
        var received = Instant.From(time.GetUtcNow());
        var away = reach.Away;
        if (away is not null && await TrySpillAsync(source, batch, received, away))
            return Spilled(batch);
        // Where the spill is full, too, the journal is tried all the same: only that finds out that it is back.
        var taken = reach.Taken;
        var result = await journal.AcceptAsync(source, batch);
        var isAway = reach.Observe(result, taken);
        if (result.Outcome == IntakeOutcome.Stored)
        {
            if (away is not null)
                reach.Opened();
            return result;
        }

        return isAway && away is null && await TrySpillAsync(source, batch, received, result.Reason)
            ? Spilled(batch)
            : result;
    }

    private static IntakeResult Spilled(EventBatch batch) =>
        new(IntakeOutcome.Stored, Accepted: batch.Events.Length, Durability: Durability.Spill);

    private async ValueTask<bool> TrySpillAsync(string source, EventBatch batch, Instant received, string? why)
    {
        var result = await spill.AppendAsync(source, batch, received);
        if (result.Outcome == JournalOutcome.Committed)
        {
            log.OnSpilled(why);
            return true;
        }

        log.OnNotSpilled(result.Reason);
        return false;
    }
}
