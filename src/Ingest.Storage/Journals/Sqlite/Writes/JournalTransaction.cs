using System.Runtime.InteropServices;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// What one group commit changes beyond its own rows: heads, ledger entries and totals are read once, changed in memory by
/// every write of the group, and written once before the commit. Used by the writer thread alone.
/// </summary>
internal sealed class JournalTransaction(JournalTables tables)
{
    /// <summary>The committed heads, all of them: the lock on the folder makes this process the only writer. About 200 bytes a partition.</summary>
    private readonly Dictionary<PartitionId, PartitionHead> _heads = [];

    private readonly Dictionary<PartitionId, PartitionHead> _changedHeads = [];

    /// <summary>The number of partitions of each source whose number is known.</summary>
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    private readonly Dictionary<string, int> _changedCounts = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Partition, LakeHour Hour), LedgerEntry> _changedLedger = [];
    private Totals _committed;
    private ClosedHours _closed;
    private ClosedHours _committedClosed;

    public JournalTables Tables { get; } = tables;

    /// <summary>The totals as this transaction leaves them.</summary>
    public Totals Totals { get; set; }

    /// <summary>The closed hours as this transaction leaves them.</summary>
    public ClosedHours Closed
    {
        get => _closed;
        set
        {
            IsDirty |= value != _closed;
            _closed = value;
        }
    }

    /// <summary>Why appends must be refused now; null when they are welcome.</summary>
    public string? AppendRefusal { get; set; }

    /// <summary>True when there is something to commit.</summary>
    public bool IsDirty { get; private set; }

    /// <summary>Begins with what the database holds.</summary>
    public void Load()
    {
        _committed = Totals = Tables.Totals.Read();
        _committedClosed = _closed = Tables.ClosedHour.Read();
        foreach (var head in Tables.Partitions.All())
        {
            _heads.Add(head.Id, head);
            if (head.PartitionCount > _counts.GetValueOrDefault(head.Id.Source))
                _counts[head.Id.Source] = head.PartitionCount;
        }
    }

    public PartitionHead? Head(PartitionId id) =>
        _changedHeads.TryGetValue(id, out var changed) ? changed : _heads.GetValueOrDefault(id);

    /// <summary>Number of partitions of a source; 0 where it is unknown.</summary>
    public int PartitionCount(string source) =>
        _changedCounts.TryGetValue(source, out var changed) ? changed : _counts.GetValueOrDefault(source);

    /// <summary>The head of a partition never written, with the next key.</summary>
    public PartitionHead NewHead(PartitionId id)
    {
        Totals = Totals with { Partitions = Totals.Partitions + 1 };
        return new PartitionHead(checked((int)Totals.Partitions), id, 1, default, 0, 0, long.MinValue, default, default);
    }

    public void Set(PartitionHead head)
    {
        IsDirty = true;
        _changedHeads[head.Id] = head;
        if (head.PartitionCount > PartitionCount(head.Id.Source))
            _changedCounts[head.Id.Source] = head.PartitionCount;
    }

    /// <summary>The ledger entry of a partition and hour, to be changed in place; made where there is none.</summary>
    public ref LedgerEntry Ledger(int partition, LakeHour hour)
    {
        IsDirty = true;
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_changedLedger, (partition, hour), out var exists);
        if (!exists)
            entry = FindOrAddLedger(partition, hour);
        return ref entry;
    }

    /// <summary>Drops a stored ledger entry, and what this transaction added to it.</summary>
    public void DropLedger(int partition, LakeHour hour)
    {
        IsDirty = true;
        _changedLedger.Remove((partition, hour));
        Tables.Ledger.Delete(partition, hour);
        Totals = Totals with { LedgerRows = Totals.LedgerRows - 1 };
    }

    /// <summary>Counts confirmed batches that were dropped.</summary>
    public void ForgotShipped(int batches)
    {
        IsDirty |= batches > 0;
        Totals = Totals with { ShippedBatches = Totals.ShippedBatches - batches };
    }

    /// <summary>Remembers a relay object.</summary>
    public void AddRelayed(RelayedObject relayed)
    {
        IsDirty = true;
        Tables.Relayed.Insert(relayed);
    }

    /// <summary>Drops relay objects that were delivered before a time.</summary>
    /// <returns>How many went.</returns>
    public int ForgetRelayed(Instant before, int max)
    {
        var rows = Tables.Relayed.Forget(before, max);
        IsDirty |= rows > 0;
        return rows;
    }

    /// <summary>Stores a body.</summary>
    /// <returns>Its position.</returns>
    public long AddBody(Crc32C crc, ReadOnlySpan<byte> body)
    {
        IsDirty = true;
        var position = Totals.NextPosition;
        Tables.Bodies.Insert(position, crc, body);
        Totals = Totals with { NextPosition = position + 1, BacklogBytes = Totals.BacklogBytes + body.Length };
        return position;
    }

    /// <summary>Writes what was changed in memory; the commit follows.</summary>
    public void Flush()
    {
        var heads = Totals.PartitionsSum;
        foreach (var head in _changedHeads.Values)
        {
            heads = _heads.TryGetValue(head.Id, out var before)
                ? heads.Without(PartitionsTable.ChecksumOf(before)).With(Tables.Partitions.Update(head))
                : heads.With(Tables.Partitions.Insert(head));
        }

        foreach (var ((partition, _), entry) in _changedLedger)
            Tables.Ledger.Write(partition, entry);
        if (_closed != _committedClosed)
            Tables.ClosedHour.Write(_closed.Last!.Value);
        Totals = Totals with { Commits = Totals.Commits + 1, PartitionsSum = heads };
        Tables.Totals.Write(Totals);
    }

    public void Committed()
    {
        foreach (var head in _changedHeads.Values)
            _heads[head.Id] = head;
        foreach (var (source, count) in _changedCounts)
            _counts[source] = count;
        _committed = Totals;
        _committedClosed = _closed;
        Clear();
    }

    public void RolledBack()
    {
        Totals = _committed;
        _closed = _committedClosed;
        Clear();
    }

    private LedgerEntry FindOrAddLedger(int partition, LakeHour hour)
    {
        if (Tables.Ledger.Find(partition, hour) is { } found)
            return found;

        Totals = Totals with { LedgerRows = Totals.LedgerRows + 1 };
        return LedgerEntry.Empty(hour);
    }

    private void Clear()
    {
        _changedHeads.Clear();
        _changedCounts.Clear();
        _changedLedger.Clear();
        IsDirty = false;
    }
}
