using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>The head of one partition: what fences it, where its rows are, and counts that they are checked against.</summary>
/// <param name="Key">Small number that stands for the name in every other table.</param>
/// <param name="Id">The name.</param>
/// <param name="NextSeq">Seq that the next append must begin with.</param>
/// <param name="Clock">Clock of the last append.</param>
/// <param name="PartitionCount">Number of partitions of its source; 0 for unknown: last written by a version that kept none.</param>
/// <param name="Ids">The runs of its dedupe window.</param>
/// <param name="Good">Unsealed blocks of the good stream.</param>
/// <param name="Quarantine">Unsealed blocks of the quarantine stream.</param>
/// <param name="Ledger">The counts of the hour that is written to; those of other hours are rows of <see cref="LedgerTable"/>. Null for none.</param>
internal sealed record PartitionHead(
    int Key,
    PartitionId Id,
    long NextSeq,
    Instant Clock,
    int PartitionCount,
    IdChain Ids,
    UnsealedRun Good,
    UnsealedRun Quarantine,
    LedgerEntry? Ledger)
{
    public UnsealedRun Unsealed(LakeStream stream) => stream == LakeStream.Good ? Good : Quarantine;

    public PartitionHead With(LakeStream stream, UnsealedRun run) =>
        stream == LakeStream.Good ? this with { Good = run } : this with { Quarantine = run };
}

/// <summary>The unsealed blocks of one stream, each of which names the one before it.</summary>
/// <param name="First">Seq of the oldest; 0 for none.</param>
/// <param name="Oldest">Position of the oldest; 0 for none.</param>
/// <param name="Newest">Position of the newest; 0 for none.</param>
/// <param name="Blocks">How many.</param>
/// <param name="Events">Events in them.</param>
internal readonly record struct UnsealedRun(long First, long Oldest, long Newest, long Blocks, long Events)
{
    public UnsealedRun Plus(in BlockInfo block, long position) => Blocks == 0
        ? new UnsealedRun(block.Seq, position, position, 1, block.Events)
        : this with { Newest = position, Blocks = Blocks + 1, Events = Events + block.Events };
}

/// <summary>The runs of ids of one partition, each of which names the one before it. The chain ends with a run that names none, or one that is over.</summary>
/// <param name="Newest">Position of the newest run; 0 for none.</param>
/// <param name="NewestSeq">First seq of the newest run.</param>
/// <param name="From">Runs at positions below this are over: a split put others in their place.</param>
/// <param name="Forgotten">Runs with a first seq below this are over: they left the window. <see cref="long.MinValue"/> while none did.</param>
internal readonly record struct IdChain(long Newest, long NewestSeq, long From, long Forgotten)
{
    public static IdChain Empty { get; } = new(0, 0, 0, long.MinValue);

    /// <summary>True for a run that no read may give any more, and whose row may go.</summary>
    public bool IsOver(long position, long firstSeq) => position < From || firstSeq < Forgotten;
}
