using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>What every journal does about hours that are closed (<see cref="IJournal.CloseHourAsync"/>).</summary>
/// <param name="Last">The last closed hour; null where there is none.</param>
internal readonly record struct ClosedHours(LakeHour? Last)
{
    /// <summary>These hours and all up to another; never fewer than before.</summary>
    public ClosedHours Through(LakeHour hour) => IsClosed(hour) ? this : new ClosedHours(hour);

    /// <summary>The first block for which an append comes too late; null where it comes in time.</summary>
    public Block? BlockOfClosed(Append append)
    {
        if (Last is null)
            return null;
        foreach (var block in append.Blocks)
        {
            if (IsClosed(block.Hour))
                return block;
        }

        return null;
    }

    /// <summary>Counts as the ledger takes them: those of a closed hour go to the hour after the last closed one.</summary>
    public LedgerCounts Book(LedgerCounts counts) => IsClosed(counts.Hour) ? counts with { Hour = Last!.Value.Next } : counts;

    /// <summary>A snapshot whose partition writes nothing of a closed hour. What ages its ids stays as it was.</summary>
    public PartitionSnapshot Raise(PartitionSnapshot snapshot) =>
        Last is { } last && snapshot.Clock < last.End ? snapshot with { Clock = last.End } : snapshot;

    private bool IsClosed(LakeHour hour) => hour <= Last;
}
