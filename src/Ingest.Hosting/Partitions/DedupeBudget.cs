namespace Ingest.Hosting;

/// <summary>
/// Shares the process's room for dedupe ids among its partitions: where all of them together want more, the largest
/// windows shrink to one common length, and those below it keep theirs.
/// </summary>
/// <param name="totalMax">Ids of all partitions together.</param>
/// <param name="partitionMax">Ids of one partition.</param>
public sealed class DedupeBudget(long totalMax, int partitionMax)
{
    private readonly int _partitionMax = partitionMax;
    private int _share = partitionMax;
    private int _loadShare = partitionMax;

    /// <summary>Most ids that a partition may keep now; any thread may read it.</summary>
    public int Share => Volatile.Read(ref _share);

    /// <summary>Most ids to read of a partition that comes into memory: what room is left, but at least a fair part.</summary>
    public int LoadShare => Volatile.Read(ref _loadShare);

    /// <summary>Takes the present lengths of all windows, in any order; reorders them.</summary>
    public void Observe(Span<int> counts)
    {
        long total = 0;
        foreach (var count in counts)
            total += count;
        var share = total <= totalMax ? _partitionMax : CommonLength(counts);
        var fair = totalMax / (counts.Length + 1);
        Volatile.Write(ref _share, share);
        Volatile.Write(ref _loadShare, (int)Math.Clamp(Math.Max(totalMax - total, fair), 1, _partitionMax));
    }

    /// <summary>The longest length to which all can be cut so that they fit.</summary>
    private int CommonLength(Span<int> counts)
    {
        counts.Sort();
        var left = totalMax;
        for (var i = 0; i < counts.Length; i++)
        {
            var equal = left / (counts.Length - i);
            if (counts[i] > equal)
                return (int)Math.Clamp(equal, 1, _partitionMax);
            left -= counts[i];
        }

        return _partitionMax;
    }
}
