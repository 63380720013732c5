namespace Ingest.Engine;

/// <summary>
/// What the journal stores of a block: a run of lake lines of one partition, stream and hour, as one gzip member.
/// </summary>
/// <param name="Seq">Number within the partition, from 1, without gaps, over both streams.</param>
/// <param name="Stream">Where its lines will land.</param>
/// <param name="Hour">The hour of receipt of every event in it.</param>
/// <param name="Events">Number of lines, at least 1.</param>
/// <param name="LineBytes">Bytes of the lines before compression.</param>
/// <param name="Received">When the first event in it was received.</param>
/// <param name="Body">One gzip member. Owned by the block, not pooled.</param>
public sealed record Block(
    long Seq, LakeStream Stream, LakeHour Hour, int Events, int LineBytes, Instant Received, ReadOnlyMemory<byte> Body)
{
    /// <summary>The block without its body, as recovery and sealing need it.</summary>
    public BlockInfo Info => new(Seq, Stream, Hour, Events, LineBytes, Body.Length, Received);
}

/// <summary>A block without its body. Fields as in <see cref="Block"/>.</summary>
/// <param name="BodyBytes">Length of the body in bytes.</param>
public readonly record struct BlockInfo(
    long Seq, LakeStream Stream, LakeHour Hour, int Events, int LineBytes, int BodyBytes, Instant Received);
