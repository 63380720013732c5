using Ingest.Engine;

namespace Ingest.Storage.Postgres;

/// <summary>One row of partitions: what fences the partition, and counts over its other rows.</summary>
/// <param name="Key">Small number that stands for the name in every other table.</param>
/// <param name="Id">The name.</param>
/// <param name="PartitionCount">Number of partitions of its source.</param>
/// <param name="NextSeq">Seq that the next append must begin with.</param>
/// <param name="Clock">Clock of the last append.</param>
/// <param name="ForgetIdsBelow">Runs of ids with a first seq below this left the dedupe window.</param>
/// <param name="Pending">Batches that the lake has not confirmed.</param>
/// <param name="Good">Unsealed blocks of the good stream.</param>
/// <param name="Quarantine">Unsealed blocks of the quarantine stream.</param>
internal sealed record PartitionRow(
    int Key,
    PartitionId Id,
    int PartitionCount,
    long NextSeq,
    Instant Clock,
    long ForgetIdsBelow,
    PendingCounts Pending,
    StreamRun Good,
    StreamRun Quarantine)
{
    public StreamRun Unsealed(LakeStream stream) => stream == LakeStream.Good ? Good : Quarantine;

    public PartitionRow With(LakeStream stream, in StreamRun run) =>
        stream == LakeStream.Good ? this with { Good = run } : this with { Quarantine = run };
}

/// <summary>Counts over the sealed, unconfirmed batches of a partition.</summary>
internal readonly record struct PendingCounts(long Batches, long Events, long Bytes)
{
    public PendingCounts Plus(Batch batch) => new(Batches + 1, Events + batch.Events, Bytes + batch.BodyBytes);

    public PendingCounts Minus(Batch batch) => new(Batches - 1, Events - batch.Events, Bytes - batch.BodyBytes);
}

/// <summary>The unsealed blocks of one stream: all of them with a seq above <paramref name="SealedTo"/>.</summary>
/// <param name="SealedTo">Seq of the last sealed block; 0 for none.</param>
/// <param name="Blocks">How many.</param>
/// <param name="Events">Events in them.</param>
/// <param name="Bytes">Bytes of their bodies.</param>
/// <param name="Oldest">When the first event in them was received; <see cref="None"/> where there are no blocks.</param>
/// <param name="Generation">None of them is in a generation below this.</param>
internal readonly record struct StreamRun(long SealedTo, long Blocks, long Events, long Bytes, Instant Oldest, int Generation)
{
    public static Instant None { get; } = new(long.MaxValue);
}
