using System.Runtime.InteropServices;
using Ingest.Engine;

namespace Ingest.Storage.Postgres;

/// <summary>
/// What a group of seals and confirmations has locked and read, and what they change: partitions and ledger entries are changed in
/// memory by every write of the group, and written once before the commit.
/// </summary>
internal sealed class Group
{
    private readonly Dictionary<PartitionId, PartitionRow> _rows = [];
    private readonly HashSet<PartitionId> _changed = [];
    private readonly Dictionary<(int Partition, LakeHour Hour), LedgerEntry> _ledger = [];

    public OpenGenerations Open { get; set; }

    /// <summary>Of the batches that are to be confirmed: those that are pending,</summary>
    public Dictionary<BatchId, SealedBatch> Pending { get; } = [];

    /// <summary>and those that were confirmed before.</summary>
    public HashSet<BatchId> Shipped { get; } = [];

    /// <summary>The pieces of merged bodies.</summary>
    public List<BlockRow> Pieces { get; } = [];

    public List<SealedBatch> Sealed { get; } = [];

    public List<(int Partition, ShippedBatch Shipped)> Confirmed { get; } = [];

    public IReadOnlyDictionary<(int Partition, LakeHour Hour), LedgerEntry> LedgerChanges => _ledger;

    public IReadOnlyList<PartitionRow> ChangedRows => [.. _changed.Select(id => _rows[id])];

    /// <summary>The row of a partition as the group leaves it; null for one that has none.</summary>
    public PartitionRow? Find(PartitionId id) => _rows.GetValueOrDefault(id);

    /// <summary>Takes a row in that this transaction has locked.</summary>
    public void AddLocked(PartitionRow row) => _rows.Add(row.Id, row);

    public void Set(PartitionRow row)
    {
        _rows[row.Id] = row;
        _changed.Add(row.Id);
    }

    /// <summary>What to add to the ledger of a partition and hour, to be changed in place.</summary>
    public ref LedgerEntry Ledger(int partition, LakeHour hour)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_ledger, (partition, hour), out var exists);
        if (!exists)
            entry = LedgerEntry.Empty(hour);
        return ref entry;
    }
}
