using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>Feeds to a checksum what rows of several tables have in common. A partition goes in by key, and is the caller's.</summary>
internal static class RowChecksums
{
    public static void AddBatch(this ref Crc32C crc, Batch batch)
    {
        crc.Add((long)batch.Stream);
        crc.Add(batch.FromSeq);
        crc.Add(batch.ToSeq);
        crc.Add(batch.Hour.Number);
        crc.Add(batch.Blocks);
        crc.Add(batch.Events);
        crc.Add(batch.LineBytes);
        crc.Add(batch.BodyBytes);
        crc.Add(batch.SealedAt.UnixMilliseconds);
        crc.Add((long)batch.Reason);
    }

    public static void AddBlock(this ref Crc32C crc, in BlockInfo block)
    {
        crc.Add(block.Seq);
        crc.Add((long)block.Stream);
        crc.Add(block.Hour.Number);
        crc.Add(block.Events);
        crc.Add(block.LineBytes);
        crc.Add(block.BodyBytes);
        crc.Add(block.Received.UnixMilliseconds);
    }

    /// <summary>Without the hour.</summary>
    public static void AddCounts(this ref Crc32C crc, in LedgerEntry entry)
    {
        crc.Add(entry.Counts.Received);
        crc.Add(entry.Counts.Good);
        crc.Add(entry.Counts.Quarantined);
        crc.Add(entry.Counts.Duplicates);
        crc.Add(entry.Counts.Refused);
        crc.Add(entry.ShippedGood);
        crc.Add(entry.ShippedQuarantined);
    }
}
