using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>The columns that a pending and a shipped batch have in common: the first eleven of both tables.</summary>
internal static class BatchColumns
{
    /// <summary>Reads columns 1 to 10; column 0, the partition's key, is the caller's to name.</summary>
    public static Batch Read(in Statement.Rows rows, PartitionId partition) => new(
        partition,
        (LakeStream)rows.Int64(1),
        new LakeHour(rows.Int32(4)),
        rows.Int64(2),
        rows.Int64(3),
        rows.Int32(5),
        rows.Int32(6),
        rows.Int64(7),
        rows.Int64(8),
        new Instant(rows.Int64(9)),
        (SealReason)rows.Int64(10));
}
