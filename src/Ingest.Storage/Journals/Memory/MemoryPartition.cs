using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>One partition in memory. Guarded by the store's gate.</summary>
internal sealed class MemoryPartition
{
    public long NextSeq { get; set; } = 1;

    public Instant Clock { get; set; }

    public List<IdRun> Ids { get; } = [];

    /// <summary>Blocks of no batch yet, by seq.</summary>
    public List<Block> Unsealed { get; } = [];

    public SortedDictionary<(LakeStream Stream, long FromSeq), MemoryBatch> Pending { get; } = [];

    public SortedDictionary<(LakeStream Stream, long FromSeq), ShippedBatch> Shipped { get; } = [];

    public SortedDictionary<LakeHour, LedgerEntry> Ledger { get; } = [];

    public LedgerEntry LedgerOf(LakeHour hour) => Ledger.TryGetValue(hour, out var entry) ? entry : LedgerEntry.Empty(hour);

    /// <summary>Events stored and not confirmed, counted from the blocks and batches themselves.</summary>
    public long PendingEvents(LakeHour hour, LakeStream stream) =>
        Unsealed.Where(b => b.Hour == hour && b.Stream == stream).Sum(b => (long)b.Events)
        + Pending.Values.Select(p => p.Batch).Where(b => b.Hour == hour && b.Stream == stream).Sum(b => (long)b.Events);

    public bool HasPending(LakeHour hour) =>
        Unsealed.Exists(b => b.Hour == hour) || Pending.Values.Any(p => p.Batch.Hour == hour);
}

/// <summary>A sealed batch and the bodies that it ships, in order.</summary>
internal sealed record MemoryBatch(Batch Batch, IReadOnlyList<ReadOnlyMemory<byte>> Bodies, Instant Received);
