namespace Ingest.Hosting;

/// <summary>Which numbers of partitions a source can have.</summary>
public static class PartitionNumbers
{
    /// <summary>Most partitions of a source.</summary>
    public const int Max = 1024;

    /// <summary>
    /// The lowest number from <paramref name="wanted"/> on to which a source can be raised: a multiple of what it has. Where
    /// it is above <see cref="Max"/>, there is none.
    /// </summary>
    public static int NextFrom(int present, int wanted) =>
        (int)Math.Min(int.MaxValue, Math.Max(1, ((long)wanted + present - 1) / present) * present);
}
