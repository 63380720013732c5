namespace Ingest.Hosting;

/// <summary>Which numbers of partitions a source can have.</summary>
public static class PartitionNumbers
{
    /// <summary>Most partitions of a source.</summary>
    public const int Max = 1024;

    /// <summary>The lowest number from <paramref name="wanted"/> on to which a source can be raised: a multiple of what it has.</summary>
    public static int NextFrom(int present, int wanted) => Math.Max(1, (wanted + present - 1) / present) * present;
}
