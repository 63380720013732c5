using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// What a <see cref="MemoryJournal"/> holds, apart from the handle, so that a test can drop the handle and open another on
/// the same contents, as a restart does.
/// </summary>
public sealed class MemoryJournalStore(string? id = null)
{
    /// <summary>As <see cref="IJournal.Id"/>.</summary>
    public string Id { get; } = id ?? JournalIds.Create();

    internal Lock Gate { get; } = new();

    internal SortedDictionary<PartitionId, MemoryPartition> Partitions { get; } = new(PartitionOrder.Instance);

    /// <summary>A partition; made where it was never written.</summary>
    internal MemoryPartition PartitionOf(PartitionId id)
    {
        if (!Partitions.TryGetValue(id, out var partition))
            Partitions[id] = partition = new MemoryPartition();
        return partition;
    }

    internal ClosedHours Closed { get; set; }

    /// <summary>Relay objects that were delivered whole.</summary>
    internal Dictionary<(string Region, string Key, string Sha256), RelayedObject> Relayed { get; } = [];

    /// <summary>Number of partitions of every source that was ever written.</summary>
    internal Dictionary<string, int> PartitionCounts { get; } = new(StringComparer.Ordinal);
}
