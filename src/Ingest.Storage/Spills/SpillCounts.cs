namespace Ingest.Storage;

/// <summary>Sums over requests in a spill.</summary>
internal readonly record struct SpillCounts(long Batches, long Events, long Bytes)
{
    public static SpillCounts operator +(SpillCounts a, SpillCounts b) =>
        new(a.Batches + b.Batches, a.Events + b.Events, a.Bytes + b.Bytes);

    public static SpillCounts operator -(SpillCounts a, SpillCounts b) =>
        new(a.Batches - b.Batches, a.Events - b.Events, a.Bytes - b.Bytes);
}
