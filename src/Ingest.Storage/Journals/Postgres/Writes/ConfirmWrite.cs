using Ingest.Engine;

namespace Ingest.Storage.Postgres;

internal sealed class ConfirmWrite(BatchId id, ShippedObject shipped) : ShippingWrite(id.Partition)
{
    public BatchId Id => id;

    public override long Bytes => 0;

    public override JournalResult Execute(Group group)
    {
        if (group.Shipped.Contains(id))
            return JournalResult.Committed;
        if (group.Find(Partition) is not { } row || !group.Pending.Remove(id, out var pending))
            return JournalMessages.Unknown(id);

        group.Shipped.Add(id);
        group.Confirmed.Add((row.Key, new ShippedBatch(pending.Batch, shipped)));
        ref var entry = ref group.Ledger(row.Key, pending.Batch.Hour);
        entry = entry.PlusShipped(id.Stream, pending.Batch.Events);
        group.Set(row with { Pending = row.Pending.Minus(pending.Batch) });
        return JournalResult.Committed;
    }
}
