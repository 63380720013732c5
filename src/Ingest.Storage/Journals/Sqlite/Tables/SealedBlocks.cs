using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// The blocks that a seal is about, read and checked beside the commits: thousands of them would keep every write waiting.
/// Nothing of them changes later, until they are sealed: a block is written once, and others come only behind it.
/// </summary>
/// <param name="Oldest">Position of the first.</param>
/// <param name="Last">Position of the last.</param>
/// <param name="Received">When the first event in them was received.</param>
/// <param name="BodyBytes">Bytes of their bodies.</param>
/// <param name="Next">The unsealed block behind them; null where there was none yet.</param>
internal sealed record SealedBlocks(long Oldest, long Last, Instant Received, long BodyBytes, StoredBlock? Next)
{
    /// <returns>The blocks, or why the seal does not stand.</returns>
    public static (SealedBlocks? Blocks, string? Violation) Read(JournalTables tables, Seal seal)
    {
        var batch = seal.Batch;
        var unsealed = tables.Partitions.Find(batch.Partition) is { } head ? tables.Blocks.ReadUnsealed(head, batch.Stream) : [];
        var rule = new SealRule(seal);
        var count = 0;
        while (count < unsealed.Count && rule.Takes(unsealed[count].Block.Seq))
            rule.Add(unsealed[count++].Block);
        if (rule.Violation() is { } violation)
            return (null, violation);

        var blocks = new SealedBlocks(
            unsealed[0].Position,
            unsealed[count - 1].Position,
            rule.Received,
            rule.BodyBytes,
            count < unsealed.Count ? unsealed[count] : null);
        return (blocks, null);
    }
}
