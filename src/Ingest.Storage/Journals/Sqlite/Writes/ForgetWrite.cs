using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>Drops old ledger entries, confirmed batches and relayed objects, a bounded number a transaction, so that no commit waits long for it.</summary>
internal sealed class ForgetWrite(LakeHour before) : Write
{
    /// <summary>Rows after which the rest waits for the next transaction: some 10 ms of deletes and heads.</summary>
    private const int RowsMax = 2_000;

    private int _nextKey = 1;
    private int _reachedKey;
    private long _lastKey;
    private bool _hasMoreRelayed;

    public override long Bytes => 0;

    public override JournalResult Execute(JournalTransaction transaction)
    {
        var rows = 0;
        _lastKey = transaction.Totals.Partitions;
        for (_reachedKey = _nextKey; _reachedKey <= _lastKey && rows < RowsMax; _reachedKey++)
            rows += Forget(transaction, _reachedKey);
        _hasMoreRelayed = transaction.ForgetRelayed(before.Start, RowsMax) == RowsMax;
        return JournalResult.Committed;
    }

    public override bool Continue()
    {
        _nextKey = _reachedKey;
        return _nextKey <= _lastKey || _hasMoreRelayed;
    }

    private int Forget(JournalTransaction transaction, int partition)
    {
        var tables = transaction.Tables;
        var dropped = 0;
        if (transaction.Head(partition) is { } head && tables.Ledger.Before(head, before) is { Count: > 0 } entries)
        {
            var pending = PendingEvents.ByHour(tables, head);
            foreach (var entry in entries.Where(e => !pending.ContainsKey(e.Counts.Hour)))
            {
                transaction.DropLedger(head, entry.Counts.Hour);
                dropped++;
            }
        }

        var shipped = tables.Shipped.Forget(partition, before);
        transaction.ForgotShipped(shipped);
        return dropped + shipped;
    }
}
