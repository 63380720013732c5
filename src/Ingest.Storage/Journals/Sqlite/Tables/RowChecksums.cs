using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>Feeds a batch's own fields to a checksum; its partition goes in by key.</summary>
internal static class BatchChecksum
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
}
