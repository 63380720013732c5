using Ingest.Engine;

namespace Ingest.Storage;

internal sealed class ConfirmWrite(BatchId id, ShippedObject shipped) : Write
{
    public override long Bytes => 0;

    public override JournalResult Execute(JournalTransaction transaction)
    {
        var tables = transaction.Tables;
        if (transaction.Head(id.Partition) is not { } head)
            return JournalMessages.Unknown(id);
        if (tables.Batches.Find(head.Key, id.Stream, id.FromSeq, tables.Partitions) is not { } pending)
            return tables.Shipped.Exists(head.Key, id.Stream, id.FromSeq) ? JournalResult.Committed : JournalMessages.Unknown(id);

        transaction.Free(pending);
        tables.Batches.Delete(pending);
        tables.Shipped.Insert(head.Key, new ShippedBatch(pending.Batch, shipped));
        ref var entry = ref transaction.Ledger(head.Id, pending.Batch.Hour);
        entry = entry.PlusShipped(id.Stream, pending.Batch.Events);
        transaction.Totals = transaction.Totals with
        {
            PendingEvents = transaction.Totals.PendingEvents - pending.Batch.Events,
            PendingBatches = transaction.Totals.PendingBatches - 1,
            ShippedBatches = transaction.Totals.ShippedBatches + 1,
            BatchesSum = transaction.Totals.BatchesSum.Without(BatchesTable.ChecksumOf(pending)),
        };
        return JournalResult.Committed;
    }
}
