namespace Ingest.Engine;

/// <summary>
/// The order in which batches ship, and in which <see cref="IJournal.ReadPendingAsync"/> returns them.
/// </summary>
public sealed class OldestFirst : IComparer<Batch>
{
    public static OldestFirst Comparer { get; } = new();

    public int Compare(Batch? x, Batch? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        var order = x.SealedAt.CompareTo(y.SealedAt);
        if (order == 0)
            order = string.CompareOrdinal(x.Partition.Source, y.Partition.Source);
        if (order == 0)
            order = x.Partition.Number.CompareTo(y.Partition.Number);
        if (order == 0)
            order = x.Stream.CompareTo(y.Stream);
        return order == 0 ? x.FromSeq.CompareTo(y.FromSeq) : order;
    }
}
