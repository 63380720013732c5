using System.Text;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>
/// Compares ledger, journal and lake, object by object: is every accepted event in exactly one object, byte for byte, or
/// still in the journal? Works while the server runs, and reads the lake as any reader would.
/// </summary>
/// <remarks>
/// Four questions, each answered from data that the others were not derived from:
/// 1. Does the ledger add up (rule 8)?
/// 2. Is every object that the journal says was shipped in the lake, with that length, checksum and number of lines?
/// 3. Do the shipped records add up to the ledger's shipped counts, hour by hour?
/// 4. Does an event stand twice in a stream, in one object or in two, and is there an object that the journal does not know?
/// </remarks>
/// <param name="journal">The journal; may be in use by a running server.</param>
/// <param name="lake">Its lake.</param>
/// <param name="idsMax">Ids held at once when looking for doubles, 40 bytes each: with more events the objects are read several times.</param>
public sealed class LakeAudit(IJournal journal, ILake lake, int idsMax = 8_000_000)
{
    private readonly AuditFindings _findings = new();
    private readonly Dictionary<(PartitionId, LakeHour), Shipped> _shipped = [];
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private long _objects;
    private long _good;
    private long _quarantined;

    /// <summary>Runs the audit once.</summary>
    /// <param name="since">The first hour to check.</param>
    /// <param name="progress">Told the number of objects read so far.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="LakeUnavailableException">The lake cannot be read: nothing can be said.</exception>
    /// <exception cref="JournalUnavailableException">The journal cannot be read: nothing can be said.</exception>
    public async Task<AuditReport> RunAsync(LakeHour since, IProgress<long>? progress, CancellationToken cancellation)
    {
        var before = await ReadLedgerAsync(since, cancellation);
        foreach (var row in before.Values)
        {
            foreach (var violation in Conservation.Violations(row))
                _findings.Add(violation);
        }

        var events = before.Values.Sum(row => row.ShippedGood + row.ShippedQuarantined);
        var passes = (int)(events / idsMax) + 1;
        for (var pass = 0; pass < passes; pass++)
            await ReadObjectsAsync(since, pass, passes, progress, cancellation);

        var after = await ReadLedgerAsync(since, cancellation);
        CompareWithLedger(before, after);
        var foreign = await FindUnknownObjectsAsync(since, cancellation);
        var pending = after.Values.Sum(row => row.PendingGood + row.PendingQuarantined);
        return new AuditReport(_findings.Kept, _findings.Count, _objects, _good, _quarantined, pending, foreign);
    }

    private async Task<Dictionary<(PartitionId Partition, LakeHour Hour), LedgerRow>> ReadLedgerAsync(
        LakeHour since, CancellationToken cancellation)
    {
        var rows = new Dictionary<(PartitionId, LakeHour), LedgerRow>();
        await foreach (var row in journal.ReadLedgerAsync(since, cancellation))
            rows.Add((row.Partition, row.Counts.Hour), row);
        return rows;
    }

    /// <summary>
    /// Reads every shipped object. Doubles are looked for among the ids that fall to this pass; everything else is checked
    /// in the first one.
    /// </summary>
    private async Task ReadObjectsAsync(
        LakeHour since, int pass, int passes, IProgress<long>? progress, CancellationToken cancellation)
    {
        var seen = new Dictionary<UInt128, string>();
        long read = 0;
        await foreach (var shipped in journal.ReadShippedAsync(since, cancellation))
        {
            var key = shipped.Object.Key;
            if (pass == 0)
                Record(shipped);
            await using var stored = await lake.OpenReadAsync(key, cancellation);
            if (stored is null)
            {
                if (pass == 0)
                    _findings.Add($"missing: {key} with {shipped.Batch.Events} events is not in the lake");
                continue;
            }

            // An id is one event of its source; other sources may use it too. It may stand in both streams: a replayed event.
            var place = EventId.Hash(Encoding.UTF8.GetBytes($"{shipped.Batch.Stream} of {shipped.Batch.Partition.Source}"));
            var content = await ReadAsync(stored, key, id => LookForDouble(seen, id ^ place, key, pass, passes), cancellation);
            if (pass == 0)
                Compare(shipped, content);
            progress?.Report(++read);
        }
    }

    private static async Task<ObjectReader.Content> ReadAsync(
        Stream stored, string key, Action<UInt128> onId, CancellationToken cancellation)
    {
        try
        {
            return await ObjectReader.ReadAsync(stored, onId, cancellation);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw new LakeUnavailableException($"{key} cannot be read to its end: {exception.Message}", exception);
        }
    }

    private void LookForDouble(Dictionary<UInt128, string> seen, UInt128 id, string key, int pass, int passes)
    {
        if ((int)(id % (UInt128)passes) != pass || seen.TryAdd(id, key))
            return;
        _findings.Add(seen[id] == key
            ? $"doubled: an event_id (identity {id:x32}) stands twice in {key}"
            : $"doubled: an event_id (identity {id:x32}) stands in {seen[id]} and in {key}");
    }

    private void Record(ShippedBatch shipped)
    {
        var batch = shipped.Batch;
        if (!_keys.Add(shipped.Object.Key))
            _findings.Add($"doubled: the journal shipped two batches as {shipped.Object.Key}");
        if (shipped.Object.Key != LakeLayout.KeyOf(batch, journal.Id))
            _findings.Add($"altered: the journal's record of {shipped.Object.Key} belongs to {LakeLayout.KeyOf(batch, journal.Id)}");
        var slot = (batch.Partition, batch.Hour);
        var sum = _shipped.GetValueOrDefault(slot);
        _shipped[slot] = batch.Stream == LakeStream.Good
            ? sum with { Good = sum.Good + batch.Events }
            : sum with { Quarantined = sum.Quarantined + batch.Events };
    }

    private void Compare(ShippedBatch shipped, ObjectReader.Content content)
    {
        var (batch, wanted) = shipped;
        _objects++;
        if (content.Length != wanted.Length)
            _findings.Add($"altered: {wanted.Key} has {content.Length} bytes, shipped were {wanted.Length}");
        else if (content.Sha256 != wanted.Sha256)
            _findings.Add($"altered: {wanted.Key} has SHA-256 {content.Sha256}, shipped was {wanted.Sha256}");
        if (content.Lines is not { } lines)
        {
            _findings.Add($"altered: {wanted.Key} cannot be read: {content.Damage}");
            return;
        }

        if (lines != batch.Events)
            _findings.Add($"{(lines < batch.Events ? "missing" : "doubled")}: {wanted.Key} has {lines} events, the journal shipped {batch.Events}");
        if (batch.Stream == LakeStream.Good)
            _good += lines;
        else
            _quarantined += lines;
    }

    /// <summary>The server may ship meanwhile: the records read in between must lie between the two readings of the ledger.</summary>
    private void CompareWithLedger(
        Dictionary<(PartitionId Partition, LakeHour Hour), LedgerRow> before,
        Dictionary<(PartitionId Partition, LakeHour Hour), LedgerRow> after)
    {
        foreach (var slot in after.Keys.Union(_shipped.Keys))
        {
            var sum = _shipped.GetValueOrDefault(slot);
            var low = before.GetValueOrDefault(slot);
            var high = after.GetValueOrDefault(slot);
            Check("good", sum.Good, low?.ShippedGood ?? 0, high?.ShippedGood ?? 0);
            Check("quarantined", sum.Quarantined, low?.ShippedQuarantined ?? 0, high?.ShippedQuarantined ?? 0);

            void Check(string stream, long records, long lowest, long highest)
            {
                if (records < lowest || records > highest)
                    _findings.Add($"{(records < lowest ? "missing" : "doubled")}: {slot.Item1} {slot.Item2}: the ledger shipped {lowest} {stream} events, the records of objects hold {records}");
            }
        }
    }

    /// <summary>Objects under this journal's name that it neither shipped nor is about to ship would double events.</summary>
    /// <returns>Number of objects of other journals.</returns>
    private async Task<long> FindUnknownObjectsAsync(LakeHour since, CancellationToken cancellation)
    {
        long foreign = 0;
        var unknown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var stream in new[] { LakeStream.Good, LakeStream.Quarantine })
        {
            await foreach (var entry in lake.ListAsync(LakeLayout.Folder(stream) + "/", cancellation))
            {
                if (LakeLayout.TryReadKey(entry.Key, out var hour, out var journalId) && journalId == journal.Id)
                {
                    if (hour >= since && !_keys.Contains(entry.Key))
                        unknown.Add(entry.Key);
                }
                else
                {
                    foreign++;
                }
            }
        }

        // What waits for its confirmation, or was confirmed since, is known after all; in this order, since the former becomes the latter.
        foreach (var pending in await journal.ReadPendingAsync(Lane.All, int.MaxValue, new HashSet<BatchId>(), cancellation))
            unknown.Remove(LakeLayout.KeyOf(pending, journal.Id));
        await foreach (var shipped in journal.ReadShippedAsync(since, cancellation))
            unknown.Remove(shipped.Object.Key);
        foreach (var key in unknown.Order(StringComparer.Ordinal))
            _findings.Add($"doubled: {key} is in the lake, but this journal did not ship it");
        return foreign;
    }

    private readonly record struct Shipped(long Good, long Quarantined);
}
