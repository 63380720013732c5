using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>The head of one partition: what fences it, and counts that its other rows are checked against.</summary>
/// <param name="Key">Small number that stands for the name in every other table.</param>
/// <param name="Id">The name.</param>
/// <param name="NextSeq">Seq that the next append must begin with.</param>
/// <param name="Clock">Clock of the last append.</param>
/// <param name="PartitionCount">Number of partitions of its source; 0 for unknown: last written by a version that kept none.</param>
/// <param name="IdsNewest">First seq of the newest run of ids, where the chain of runs begins; 0, which no run has, for none.</param>
/// <param name="IdsForgotten">Runs with a first seq below this were dropped: where the chain ends. <see cref="long.MinValue"/> while none was.</param>
/// <param name="Good">Unsealed blocks of the good stream.</param>
/// <param name="Quarantine">Unsealed blocks of the quarantine stream.</param>
internal sealed record PartitionHead(
    int Key,
    PartitionId Id,
    long NextSeq,
    Instant Clock,
    int PartitionCount,
    long IdsNewest,
    long IdsForgotten,
    UnsealedRun Good,
    UnsealedRun Quarantine)
{
    public UnsealedRun Unsealed(LakeStream stream) => stream == LakeStream.Good ? Good : Quarantine;

    public PartitionHead With(LakeStream stream, UnsealedRun run) =>
        stream == LakeStream.Good ? this with { Good = run } : this with { Quarantine = run };
}

/// <summary>The unsealed blocks of one stream: all blocks of it from <paramref name="First"/> on.</summary>
/// <param name="First">Seq of the oldest; 0 for none.</param>
/// <param name="Blocks">How many.</param>
/// <param name="Events">Events in them.</param>
internal readonly record struct UnsealedRun(long First, long Blocks, long Events)
{
    public UnsealedRun Plus(Block block) => new(Blocks == 0 ? block.Seq : First, Blocks + 1, Events + block.Events);
}
