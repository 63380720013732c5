namespace Ingest.Engine;

/// <summary>What a partition needs to go on from what the journal holds.</summary>
/// <param name="NextSeq">Seq of the next block; 1 for a partition never written.</param>
/// <param name="Clock">
/// The partition's monotone clock, at least the end of the last closed hour; <c>default</c> for a partition never written
/// where no hour is closed.
/// </param>
/// <param name="PartitionCount">As <see cref="Append.PartitionCount"/>; 0 for a partition never written.</param>
/// <param name="Unsealed">Blocks that belong to no batch yet, by seq.</param>
/// <param name="Ids">The dedupe window, oldest first.</param>
public sealed record PartitionSnapshot(
    long NextSeq, Instant Clock, int PartitionCount, IReadOnlyList<BlockInfo> Unsealed, IReadOnlyList<IdRun> Ids)
{
    public static PartitionSnapshot Empty { get; } = new(1, default, 0, [], []);

    /// <summary>
    /// The clock of the last append, which closed hours do not raise: how far time had surely come when ids were last written.
    /// <c>default</c> for a partition never written.
    /// </summary>
    public Instant IdsClock { get; init; } = Clock;
}

/// <summary>The ids that one append added.</summary>
/// <param name="FirstSeq">
/// The append's <see cref="Append.FirstSeq"/>; below 1 for a run that a split handed down (<see cref="IJournal.SplitAsync"/>),
/// the newer the higher, as the others.
/// </param>
/// <param name="Clock">The append's <see cref="Append.Clock"/>: the run leaves the window by age from here.</param>
/// <param name="Ids">16 bytes, big-endian, for each id, in order of acceptance.</param>
public sealed record IdRun(long FirstSeq, Instant Clock, ReadOnlyMemory<byte> Ids);
