namespace Ingest.Engine;

/// <summary>
/// One append of one partition: blocks that become durable together, the ids they add to the dedupe window, and the
/// counts that go with them. All of it commits or none.
/// </summary>
/// <param name="Partition">The writer.</param>
/// <param name="PartitionCount">
/// Number of partitions of its source that the writer was made for, above the partition's own number. The first append
/// of a source never written sets it; after that it must be the journal's, or the append is fenced: the source was split
/// meanwhile.
/// </param>
/// <param name="FirstSeq">
/// Seq of the first block; must be the partition's next one, or the append is fenced. Also checked where
/// <paramref name="Blocks"/> is empty (an append that only carries counts).
/// </param>
/// <param name="Blocks">Consecutive seqs from <paramref name="FirstSeq"/> on; may be empty.</param>
/// <param name="Ids">16 bytes, big-endian, for each event accepted in these blocks, in order of acceptance.</param>
/// <param name="ForgetIdsBelow">
/// Runs of ids with a <see cref="IdRun.FirstSeq"/> below this left the dedupe window; at most <paramref
/// name="FirstSeq"/>. <see cref="long.MinValue"/> for none.
/// </param>
/// <param name="Clock">The partition's monotone clock: recovery continues from here.</param>
/// <param name="Counts">What to add to the ledger of this partition; for closed hours see <see cref="IJournal.CloseHourAsync"/>.</param>
public sealed record Append(
    PartitionId Partition,
    int PartitionCount,
    long FirstSeq,
    IReadOnlyList<Block> Blocks,
    ReadOnlyMemory<byte> Ids,
    long ForgetIdsBelow,
    Instant Clock,
    IReadOnlyList<LedgerCounts> Counts)
{
    /// <summary>Seq that the partition writes next once this is committed.</summary>
    public long NextSeq => FirstSeq + Blocks.Count;
}

/// <summary>How a write to the journal ended, as far as the writer can know.</summary>
public enum JournalOutcome
{
    /// <summary>Durable.</summary>
    Committed,

    /// <summary>Surely not stored: another activation of the partition wrote first, or the hour is closed. Read the partition anew.</summary>
    Fenced,

    /// <summary>Surely not stored, for a reason that may pass: disk full, too many writers.</summary>
    Refused,

    /// <summary>Stored or not: the answer was lost or late. Forget what is in memory and read the journal again.</summary>
    Unknown,
}

/// <summary>The end of a write to the journal.</summary>
/// <param name="Outcome">What is known.</param>
/// <param name="Reason">Why it failed, for logs and status; null when committed.</param>
/// <param name="IsUnreachable">True where it was refused because the storage failed or could not be reached, and not because too much waits for it.</param>
public readonly record struct JournalResult(JournalOutcome Outcome, string? Reason = null, bool IsUnreachable = false)
{
    /// <summary>What those are told whose events it was about. A lost answer and a late one are faults of the journal, too.</summary>
    public IntakeFault Fault =>
        IsUnreachable || Outcome == JournalOutcome.Unknown ? IntakeFault.Journal : IntakeFault.Other;

    public static JournalResult Committed => new(JournalOutcome.Committed);
}
