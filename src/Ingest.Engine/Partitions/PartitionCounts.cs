namespace Ingest.Engine;

/// <summary>Ledger counts of a partition that no append has taken yet, by hour.</summary>
internal sealed class PartitionCounts
{
    // Nearly always one hour.
    private readonly List<LedgerCounts> _hours = new(1);

    public PartitionCounts(IReadOnlyList<LedgerCounts> carried) => _hours.AddRange(carried);

    public bool IsEmpty => _hours.Count == 0;

    public void Add(in LedgerCounts more)
    {
        // Time does not run backwards here, so only the last hour can be the same.
        if (_hours.Count == 0 || _hours[^1].Hour != more.Hour)
        {
            _hours.Add(more);
            return;
        }

        var sum = _hours[^1];
        _hours[^1] = new LedgerCounts(
            sum.Hour,
            sum.Received + more.Received,
            sum.Good + more.Good,
            sum.Quarantined + more.Quarantined,
            sum.Duplicates + more.Duplicates,
            sum.Refused + more.Refused);
    }

    /// <summary>Hands the counts over and starts again from nothing.</summary>
    public IReadOnlyList<LedgerCounts> Take()
    {
        LedgerCounts[] taken = [.. _hours];
        _hours.Clear();
        return taken;
    }
}
