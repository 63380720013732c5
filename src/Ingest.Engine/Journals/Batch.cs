namespace Ingest.Engine;

/// <summary>Why a batch was closed.</summary>
public enum SealReason : byte
{
    Size = 0,
    Age = 1,
    Hour = 2,
    Drain = 3,
}

/// <summary>
/// A sealed, contiguous run of blocks of one partition, stream and hour: becomes exactly one object. Its key and its
/// bytes follow from these fields and the stored blocks alone (rule 3).
/// </summary>
/// <param name="Partition">Whose blocks.</param>
/// <param name="Stream">Which stream; blocks of the other stream within the range do not belong to it.</param>
/// <param name="Hour">The hour of every event in it.</param>
/// <param name="FromSeq">Seq of its first block.</param>
/// <param name="ToSeq">Seq of its last block, inclusive.</param>
/// <param name="Blocks">Number of blocks.</param>
/// <param name="Events">Number of lines.</param>
/// <param name="LineBytes">Bytes of the lines before compression.</param>
/// <param name="BodyBytes">Length of the object: the sum of the blocks' bodies, or of the merged body.</param>
/// <param name="SealedAt">When it was sealed; batches ship in this order.</param>
/// <param name="Reason">Why it was sealed.</param>
public sealed record Batch(
    PartitionId Partition,
    LakeStream Stream,
    LakeHour Hour,
    long FromSeq,
    long ToSeq,
    int Blocks,
    int Events,
    long LineBytes,
    long BodyBytes,
    Instant SealedAt,
    SealReason Reason)
{
    /// <summary>Identity within the journal.</summary>
    public BatchId Id => new(Partition, FromSeq, Stream);
}

/// <summary>Names a batch within its journal.</summary>
public readonly record struct BatchId(PartitionId Partition, long FromSeq, LakeStream Stream);

/// <summary>
/// A decision to close a batch. The journal makes it durable before anything ships, so that a crash between upload and
/// confirmation cannot close it differently.
/// </summary>
/// <param name="Batch">The batch.</param>
/// <param name="MergedBody">
/// Where a trickle made tiny members: all lines of the batch as one gzip member, which replaces the blocks' bodies in
/// the same transaction. Null: the object is the blocks' bodies one after the other.
/// </param>
public sealed record Seal(Batch Batch, ReadOnlyMemory<byte>? MergedBody);

/// <summary>What the lake confirmed of a batch.</summary>
/// <param name="Key">The object's key.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Sha256">SHA-256 of its bytes, 64 lower-case hexadecimal digits.</param>
/// <param name="ShippedAt">When the lake confirmed it.</param>
public sealed record ShippedObject(string Key, long Length, string Sha256, Instant ShippedAt);

/// <summary>A batch that the lake confirmed; kept for the audit after its blocks are gone.</summary>
public sealed record ShippedBatch(Batch Batch, ShippedObject Object);
