using System.Runtime.InteropServices;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// Ledger entries that a transaction changes, and where they are kept: that of the newest hour in the partition's head, which
/// an append writes anyway, the others in <see cref="LedgerTable"/>. Each is in one place. Used by the writer thread alone.
/// </summary>
internal sealed class LedgerChanges(HeadCache heads, LedgerTable table)
{
    private readonly Dictionary<(PartitionId Partition, LakeHour Hour), Change> _changes = [];
    private readonly List<(PartitionId Partition, LakeHour Hour)> _order = [];

    /// <summary>The entry of a partition and hour, to be changed in place; an empty one where there is none.</summary>
    public ref LedgerEntry Entry(PartitionId partition, LakeHour hour)
    {
        ref var change = ref CollectionsMarshal.GetValueRefOrAddDefault(_changes, (partition, hour), out var exists);
        if (!exists)
            change = Find(heads.Find(partition), hour);
        return ref change.Entry;
    }

    /// <summary>Drops a stored entry, and what this transaction added to it.</summary>
    /// <returns>Rows that went.</returns>
    public int Drop(PartitionHead head, LakeHour hour)
    {
        _changes.Remove((head.Id, hour));
        if (head.Ledger?.Counts.Hour == hour)
        {
            heads.Set(head with { Ledger = null });
            return 0;
        }

        table.Delete(head.Key, hour);
        return 1;
    }

    /// <summary>Writes what was changed; the heads are to be written after it.</summary>
    /// <returns>By how many rows the table grew.</returns>
    public int Flush()
    {
        _order.Clear();
        _order.AddRange(_changes.Keys);
        // Hour by hour, so that the last one stays in the head.
        if (_order.Exists(entry => entry.Hour != _order[0].Hour))
            _order.Sort(static (a, b) => a.Hour.CompareTo(b.Hour));
        var rows = 0;
        foreach (var key in _order)
            rows += Write(heads.Find(key.Partition)!, _changes[key]);
        return rows;
    }

    public void Clear() => _changes.Clear();

    private Change Find(PartitionHead? head, LakeHour hour)
    {
        if (head?.Ledger is { } own && own.Counts.Hour == hour)
            return new Change { Entry = own };
        if (head is not null && table.Find(head.Key, hour) is { } stored)
            return new Change { Entry = stored, HasRow = true };

        return new Change { Entry = LedgerEntry.Empty(hour) };
    }

    private int Write(PartitionHead head, in Change change)
    {
        var hour = change.Entry.Counts.Hour;
        var rows = 0;
        if (head.Ledger is { } own && own.Counts.Hour != hour)
        {
            // The older of the two has a row.
            table.Write(head.Key, own.Counts.Hour > hour ? change.Entry : own);
            rows++;
            if (own.Counts.Hour > hour)
                return change.HasRow ? 0 : rows;
        }

        if (change.HasRow)
        {
            table.Delete(head.Key, hour);
            rows--;
        }

        heads.Set(head with { Ledger = change.Entry });
        return rows;
    }

    private struct Change
    {
        public LedgerEntry Entry;

        /// <summary>True where the table has a row for it.</summary>
        public bool HasRow;
    }
}
