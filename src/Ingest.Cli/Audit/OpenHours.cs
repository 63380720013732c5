using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>
/// What the journal says of hours that no manifest describes yet: few of them where manifests are written, so their records
/// are held in memory.
/// </summary>
/// <param name="journal">The journal; may be in use by a running server.</param>
/// <param name="isOpen">Whether an hour is to be judged by the journal.</param>
/// <param name="from">The first hour that may be.</param>
/// <param name="findings">Gets what is wrong.</param>
internal sealed class OpenHours(IJournal journal, LakeHour from, Func<LakeHour, bool> isOpen, AuditFindings findings)
{
    private readonly Dictionary<(PartitionId, LakeHour), (long Good, long Quarantined)> _shipped = [];
    private readonly SortedDictionary<string, List<ExpectedObject>> _objects = new(StringComparer.Ordinal);
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private Dictionary<(PartitionId, LakeHour), LedgerRow> _before = [];

    public IEnumerable<string> Sources => _objects.Keys;

    public bool Contains(LakeHour hour) => isOpen(hour);

    public bool Knows(string key) => _keys.Contains(key);

    public IReadOnlyList<ExpectedObject> ObjectsOf(string source) => _objects.GetValueOrDefault(source, []);

    public ExpectedVolume Volume(string source, LakeStream stream) => ObjectsOf(source)
        .Where(expected => expected.Stream == stream)
        .Aggregate(default(ExpectedVolume), (sum, expected) => sum.Plus(expected));

    /// <summary>Reads ledger and records, and checks the ledger (rule 8).</summary>
    /// <exception cref="JournalUnavailableException">The journal cannot be read.</exception>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        _before = await ReadLedgerAsync(cancellation);
        foreach (var violation in _before.Values.SelectMany(Conservation.Violations))
            findings.Add(violation);
        await foreach (var shipped in journal.ReadShippedAsync(from, cancellation))
        {
            if (isOpen(shipped.Batch.Hour))
                Add(shipped);
        }
    }

    /// <summary>
    /// Compares the records with the ledger, hour by hour. The server may ship meanwhile: what was read in between must lie
    /// between two readings of the ledger.
    /// </summary>
    /// <returns>Events that the journal still holds.</returns>
    public async Task<long> CompareWithLedgerAsync(CancellationToken cancellation)
    {
        var after = await ReadLedgerAsync(cancellation);
        foreach (var slot in after.Keys.Union(_shipped.Keys))
        {
            var sum = _shipped.GetValueOrDefault(slot);
            var low = _before.GetValueOrDefault(slot);
            var high = after.GetValueOrDefault(slot);
            Check("good", sum.Good, low?.ShippedGood ?? 0, high?.ShippedGood ?? 0);
            Check("quarantined", sum.Quarantined, low?.ShippedQuarantined ?? 0, high?.ShippedQuarantined ?? 0);

            void Check(string stream, long records, long lowest, long highest)
            {
                if (records < lowest || records > highest)
                    findings.Add($"{(records < lowest ? "missing" : "doubled")}: {slot.Item1} {slot.Item2}: the ledger shipped {lowest} {stream} events, the records of objects hold {records}");
            }
        }

        return after.Values.Sum(row => row.PendingGood + row.PendingQuarantined);
    }

    /// <summary>Takes out of a set what waits for its confirmation, or was confirmed since the records were read.</summary>
    public async Task RemoveKnownAsync(HashSet<string> keys, CancellationToken cancellation)
    {
        // In this order, since the former becomes the latter.
        foreach (var pending in await journal.ReadPendingAsync(Lane.All, int.MaxValue, new HashSet<BatchId>(), cancellation))
            keys.Remove(LakeLayout.KeyOf(pending, journal.Id));
        await foreach (var shipped in journal.ReadShippedAsync(from, cancellation))
            keys.Remove(shipped.Object.Key);
    }

    private void Add(ShippedBatch shipped)
    {
        var batch = shipped.Batch;
        if (!_keys.Add(shipped.Object.Key))
            findings.Add($"doubled: the journal shipped two batches as {shipped.Object.Key}");
        if (shipped.Object.Key != LakeLayout.KeyOf(batch, journal.Id))
            findings.Add($"altered: the journal's record of {shipped.Object.Key} belongs to {LakeLayout.KeyOf(batch, journal.Id)}");
        if (!_objects.TryGetValue(batch.Partition.Source, out var objects))
            _objects[batch.Partition.Source] = objects = [];
        objects.Add(ExpectedObject.Of(shipped));
        var slot = (batch.Partition, batch.Hour);
        var sum = _shipped.GetValueOrDefault(slot);
        _shipped[slot] = batch.Stream == LakeStream.Good
            ? sum with { Good = sum.Good + batch.Events }
            : sum with { Quarantined = sum.Quarantined + batch.Events };
    }

    private async Task<Dictionary<(PartitionId, LakeHour), LedgerRow>> ReadLedgerAsync(CancellationToken cancellation)
    {
        var rows = new Dictionary<(PartitionId, LakeHour), LedgerRow>();
        await foreach (var row in journal.ReadLedgerAsync(from, cancellation))
        {
            if (isOpen(row.Counts.Hour))
                rows.Add((row.Partition, row.Counts.Hour), row);
        }

        return rows;
    }
}
