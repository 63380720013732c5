namespace Ingest.Engine;

/// <summary>
/// The ledger of a few hours, summed by source and hour. An hour is complete when nothing of it is on its way to the lake
/// any more; where it is closed too, its sums are final.
/// </summary>
internal sealed class HourLedger
{
    private readonly SortedDictionary<string, SortedDictionary<LakeHour, Sums>> _sources = new(StringComparer.Ordinal);
    private readonly SortedDictionary<LakeHour, (long Events, PartitionId Example)> _pending = [];
    private readonly SortedDictionary<LakeHour, string> _violations = [];

    /// <summary>By source (ordinal), then hour.</summary>
    public IEnumerable<KeyValuePair<string, SortedDictionary<LakeHour, Sums>>> Sources => _sources;

    /// <summary>Reads the rows of hours from <paramref name="first"/> to <paramref name="last"/>.</summary>
    public static async Task<HourLedger> ReadAsync(
        IJournal journal, LakeHour first, LakeHour last, CancellationToken cancellation)
    {
        var ledger = new HourLedger();
        await foreach (var row in journal.ReadLedgerAsync(first, cancellation))
        {
            if (row.Counts.Hour <= last)
                ledger.Add(row);
        }

        return ledger;
    }

    /// <summary>The first hour that is not complete, and what it waits for; null where all are.</summary>
    public (LakeHour Hour, string WaitsFor)? FirstIncomplete()
    {
        if (_pending.Count == 0)
            return null;
        var (hour, (events, example)) = _pending.First();
        return (hour, $"{events} events of {hour} are not in the lake yet, some of partition {example}");
    }

    /// <summary>What does not add up in hours up to <paramref name="last"/>; null where everything does.</summary>
    public string? FirstViolation(LakeHour last) =>
        _violations.Count > 0 && _violations.First() is var (hour, violation) && hour <= last ? violation : null;

    private void Add(LedgerRow row)
    {
        var hour = row.Counts.Hour;
        if (Conservation.Violations(row) is [var violation, ..])
            _violations.TryAdd(hour, violation);
        if (row.PendingGood + row.PendingQuarantined is > 0 and var events)
            _pending[hour] = (_pending.GetValueOrDefault(hour).Events + events, row.Partition);
        if (!_sources.TryGetValue(row.Partition.Source, out var hours))
            _sources[row.Partition.Source] = hours = [];
        hours[hour] = hours.GetValueOrDefault(hour) + new Sums(HourCounts.Of(row.Counts), row.ShippedGood, row.ShippedQuarantined);
    }

    /// <summary>Sums over the partitions of a source.</summary>
    /// <param name="Counts">What came in.</param>
    /// <param name="ShippedGood">Valid events that the lake confirmed.</param>
    /// <param name="ShippedQuarantined">Invalid events that the lake confirmed.</param>
    public readonly record struct Sums(HourCounts Counts, long ShippedGood, long ShippedQuarantined)
    {
        public static Sums operator +(in Sums a, in Sums b) => new(
            a.Counts + b.Counts, a.ShippedGood + b.ShippedGood, a.ShippedQuarantined + b.ShippedQuarantined);
    }
}
