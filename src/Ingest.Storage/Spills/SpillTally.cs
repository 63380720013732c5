using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>What is in the file, counted in memory so that everybody can ask at any time. The writer alone changes it.</summary>
internal sealed class SpillTally
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SpillCounts> _bySource = new(StringComparer.Ordinal);
    private SpillCounts _sum;
    private Instant? _oldest;
    private long _setAside;

    /// <summary>Position of the next request.</summary>
    public long NextPosition { get; private set; }

    /// <summary>Bytes that wait.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _sum.Bytes;
        }
    }

    public SpillStatus Status
    {
        get
        {
            lock (_gate)
                return new SpillStatus(_sum.Batches, _sum.Events, _sum.Bytes, _oldest, _setAside);
        }
    }

    /// <summary>Names of the sources that have anything waiting.</summary>
    public IReadOnlyList<string> Sources
    {
        get
        {
            lock (_gate)
                return [.. _bySource.Keys];
        }
    }

    /// <summary>Counts what the file holds.</summary>
    public static SpillTally Of(SpillTable table)
    {
        var tally = new SpillTally
        {
            NextPosition = table.Database.Scalar("SELECT coalesce(max(position), 0) + 1 FROM batches"),
            _setAside = table.Database.Scalar("SELECT count(*) FROM batches WHERE aside <> 0"),
            _oldest = table.OldestReceived(),
        };
        foreach (var (source, counts) in table.Sum())
        {
            tally._bySource[source] = counts;
            tally._sum += counts;
        }

        return tally;
    }

    public void Added(string source, SpillCounts counts, Instant received, long nextPosition)
    {
        lock (_gate)
        {
            _bySource[source] = _bySource.GetValueOrDefault(source) + counts;
            _sum += counts;
            _oldest ??= received;
            NextPosition = nextPosition;
        }
    }

    public void Removed(string source, SpillCounts counts, Instant? oldest)
    {
        lock (_gate)
        {
            var left = _bySource.GetValueOrDefault(source) - counts;
            if (left.Batches > 0)
                _bySource[source] = left;
            else
                _bySource.Remove(source);
            _sum -= counts;
            _oldest = oldest;
        }
    }

    /// <summary>Counts all anew: after damage, which may be in what was counted, and after a commit of unknown outcome.</summary>
    public void Recount(SpillTable table)
    {
        var fresh = Of(table);
        lock (_gate)
        {
            _bySource.Clear();
            foreach (var (source, counts) in fresh._bySource)
                _bySource[source] = counts;
            (_sum, _oldest, _setAside) = (fresh._sum, fresh._oldest, fresh._setAside);
            NextPosition = Math.Max(NextPosition, fresh.NextPosition);
        }
    }
}
