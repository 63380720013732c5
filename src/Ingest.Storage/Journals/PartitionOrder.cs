using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>The order of partitions in every listing of a journal: by source (ordinal), then by number.</summary>
internal sealed class PartitionOrder : IComparer<PartitionId>
{
    public static readonly PartitionOrder Instance = new();

    public int Compare(PartitionId x, PartitionId y)
    {
        var bySource = string.CompareOrdinal(x.Source, y.Source);
        return bySource != 0 ? bySource : x.Number.CompareTo(y.Number);
    }
}
