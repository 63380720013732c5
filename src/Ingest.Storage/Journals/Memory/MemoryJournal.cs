using System.Runtime.CompilerServices;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// An honest double of the durable journals: same rules, same fencing, same answers, no disk. What it holds survives the
/// handle in its <see cref="MemoryJournalStore"/>.
/// </summary>
public sealed class MemoryJournal(MemoryJournalStore store) : IJournal
{
    private bool _closed;

    public MemoryJournal()
        : this(new MemoryJournalStore())
    {
    }

    public string Id => store.Id;

    public ValueTask<PartitionSnapshot> ReadPartitionAsync(
        PartitionId partition, int idsMax, Instant idsSince, CancellationToken cancellation) =>
        Read(() =>
        {
            if (!store.Partitions.TryGetValue(partition, out var found))
                return store.Closed.Raise(PartitionSnapshot.Empty);

            var runs = new List<IdRun>();
            long ids = 0;
            for (var i = found.Ids.Count - 1; i >= 0 && ids < idsMax; i--)
            {
                if (found.Ids[i].Clock < idsSince)
                    continue;

                runs.Add(found.Ids[i]);
                ids += found.Ids[i].Ids.Length / WriteRules.IdBytes;
            }

            runs.Reverse();
            return store.Closed.Raise(new PartitionSnapshot(
                found.NextSeq, found.Clock, store.PartitionCounts[partition.Source], found.Unsealed.ConvertAll(b => b.Info), runs));
        }, cancellation);

    public ValueTask<IReadOnlyList<PartitionId>> ReadUnsealedPartitionsAsync(
        Lane lane, Instant receivedBefore, CancellationToken cancellation) =>
        Read<IReadOnlyList<PartitionId>>(() =>
        [
            .. store.Partitions
                .Where(p => lane.Holds(p.Key) && p.Value.Unsealed.Exists(b => b.Received < receivedBefore))
                .Select(p => p.Key),
        ], cancellation);

    public ValueTask<IReadOnlyDictionary<string, int>> ReadPartitionCountsAsync(CancellationToken cancellation) =>
        Read<IReadOnlyDictionary<string, int>>(
            () => new Dictionary<string, int>(store.PartitionCounts, StringComparer.Ordinal), cancellation);

    public ValueTask<JournalResult> SplitAsync(string source, int from, int to, CancellationToken cancellation)
    {
        WriteRules.CheckSplit(from, to);
        return Write(() => Split(source, from, to), cancellation);
    }

    public ValueTask<JournalResult> CloseHourAsync(LakeHour hour, CancellationToken cancellation) =>
        Write(() =>
        {
            store.Closed = store.Closed.Through(hour);
            return JournalResult.Committed;
        }, cancellation);

    public ValueTask<LakeHour?> ReadClosedHourAsync(CancellationToken cancellation) => Read(() => store.Closed.Last, cancellation);

    public ValueTask<JournalResult> AppendAsync(Append append, CancellationToken cancellation)
    {
        WriteRules.Check(append);
        return Write(() => Apply(append), cancellation);
    }

    public ValueTask<JournalResult> SealAsync(Seal seal, CancellationToken cancellation)
    {
        WriteRules.Check(seal);
        return Write(() => Apply(seal), cancellation);
    }

    public ValueTask<JournalResult> ConfirmAsync(BatchId batch, ShippedObject shipped, CancellationToken cancellation) =>
        Write(() => Apply(batch, shipped), cancellation);

    public ValueTask<IReadOnlyList<Batch>> ReadPendingAsync(
        Lane lane, int limit, IReadOnlySet<BatchId> without, CancellationToken cancellation) =>
        Read<IReadOnlyList<Batch>>(() =>
        [
            .. store.Partitions.Where(p => lane.Holds(p.Key)).SelectMany(p => p.Value.Pending.Values)
                .Select(p => p.Batch)
                .Where(b => !without.Contains(b.Id))
                .OrderBy(b => b.SealedAt) // Stable, so partition, stream and seq decide among equals.
                .Take(limit),
        ], cancellation);

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBatchAsync(
        Batch batch, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var bodies = await Read(() =>
            store.Partitions.GetValueOrDefault(batch.Partition)?.Pending.GetValueOrDefault((batch.Stream, batch.FromSeq)) is { } found
            && found.Batch == batch
                ? found.Bodies
                : throw JournalMessages.NotPending(batch), cancellation);
        foreach (var body in bodies)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return body;
        }
    }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBlocksAsync(
        PartitionId partition, LakeStream stream, long fromSeq, long toSeq, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var bodies = await Read(() =>
            store.Partitions.GetValueOrDefault(partition)?.Unsealed
                .Where(b => b.Stream == stream && b.Seq >= fromSeq && b.Seq <= toSeq)
                .Select(b => b.Body)
                .ToList() ?? [], cancellation);
        foreach (var body in bodies)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return body;
        }
    }

    public async IAsyncEnumerable<LedgerRow> ReadLedgerAsync(
        LakeHour from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var rows = await Read(() => store.Partitions.SelectMany(p => LedgerOf(p.Key, p.Value, from)).ToList(), cancellation);
        foreach (var row in rows)
            yield return row;
    }

    public async IAsyncEnumerable<ShippedBatch> ReadShippedAsync(
        LakeHour from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var rows = await Read(() =>
            store.Partitions.Values.SelectMany(p => p.Shipped.Values).Where(s => s.Batch.Hour >= from).ToList(), cancellation);
        foreach (var row in rows)
            yield return row;
    }

    public ValueTask<JournalStatus> ReadStatusAsync(CancellationToken cancellation) => Read(() =>
    {
        var unsealed = store.Partitions.Values.SelectMany(p => p.Unsealed).ToList();
        var pending = store.Partitions.Values.SelectMany(p => p.Pending.Values).ToList();
        var received = unsealed.Select(b => b.Received).Concat(pending.Select(p => p.Received)).ToList();
        var backlog = unsealed.Sum(b => (long)b.Body.Length) + pending.Sum(p => p.Batch.BodyBytes);
        var ids = store.Partitions.Values.SelectMany(p => p.Ids).Sum(r => (long)r.Ids.Length);
        return new JournalStatus(
            unsealed.Sum(b => (long)b.Events),
            pending.Sum(p => (long)p.Batch.Events),
            pending.Count,
            backlog,
            received.Count == 0 ? null : received.Min(),
            backlog + ids);
    }, cancellation);

    public ValueTask<JournalResult> RecordRelayedAsync(RelayedObject relayed, CancellationToken cancellation)
    {
        WriteRules.Check(relayed);
        return Write(() =>
        {
            store.Relayed.TryAdd((relayed.Region, relayed.Key, relayed.Sha256), relayed);
            return JournalResult.Committed;
        }, cancellation);
    }

    public ValueTask<bool> WasRelayedAsync(string region, string key, string sha256, CancellationToken cancellation) =>
        Read(() => store.Relayed.ContainsKey((region, key, sha256)), cancellation);

    public ValueTask<JournalResult> ForgetBeforeAsync(LakeHour before, CancellationToken cancellation) =>
        Write(() =>
        {
            foreach (var partition in store.Partitions.Values)
            {
                foreach (var hour in partition.Ledger.Keys.Where(h => h < before && !partition.HasPending(h)).ToList())
                    partition.Ledger.Remove(hour);
                foreach (var old in partition.Shipped.Where(s => s.Value.Batch.Hour < before).Select(s => s.Key).ToList())
                    partition.Shipped.Remove(old);
            }

            foreach (var (key, _) in store.Relayed.Where(r => r.Value.DeliveredAt < before.Start).ToList())
                store.Relayed.Remove(key);
            return JournalResult.Committed;
        }, cancellation);

    public ValueTask DisposeAsync()
    {
        lock (store.Gate)
            _closed = true;
        return ValueTask.CompletedTask;
    }

    private JournalResult Apply(Append append)
    {
        var partition = store.Partitions.GetValueOrDefault(append.Partition) ?? new MemoryPartition();
        if (append.FirstSeq != partition.NextSeq)
            return JournalMessages.Fenced(append, partition.NextSeq);
        if (store.PartitionCounts.TryGetValue(append.Partition.Source, out var count) && count != append.PartitionCount)
            return JournalMessages.FencedByCount(append, count);
        if (store.Closed.BlockOfClosed(append) is { } late)
            return JournalMessages.FencedByHour(append, late);

        partition.Unsealed.AddRange(append.Blocks);
        if (!append.Ids.IsEmpty)
            partition.Ids.Add(new IdRun(append.FirstSeq, append.Clock, append.Ids.ToArray()));
        partition.Ids.RemoveAll(r => r.FirstSeq < append.ForgetIdsBelow);
        foreach (var counts in append.Counts.Select(store.Closed.Book))
            partition.Ledger[counts.Hour] = partition.LedgerOf(counts.Hour).Plus(counts);
        partition.NextSeq = append.NextSeq;
        partition.Clock = append.Clock;
        store.PartitionCounts[append.Partition.Source] = append.PartitionCount;
        store.Partitions[append.Partition] = partition;
        return JournalResult.Committed;
    }

    private JournalResult Split(string source, int from, int to)
    {
        var isWritten = store.PartitionCounts.TryGetValue(source, out var present);
        if (isWritten && present == to)
            return JournalResult.Committed;
        if (isWritten && present != from)
            return JournalMessages.Fenced(source, present, from);

        for (var number = 0; number < from; number++)
        {
            var id = new PartitionId(source, number);
            var parent = store.PartitionOf(id);
            var parts = IdSplit.Divide(id, parent.Ids, from, to);
            for (var child = number + from; child < to; child += from)
            {
                var partition = store.PartitionOf(id with { Number = child });
                partition.Clock = parent.Clock;
                partition.Ids.AddRange(parts.GetValueOrDefault(child) ?? []);
            }
        }

        store.PartitionCounts[source] = to;
        return JournalResult.Committed;
    }

    private JournalResult Apply(Seal seal)
    {
        var batch = seal.Batch;
        var rule = new SealRule(seal);
        var blocks = new List<Block>();
        var partition = store.Partitions.GetValueOrDefault(batch.Partition);
        foreach (var block in partition?.Unsealed.Where(b => b.Stream == batch.Stream) ?? [])
        {
            if (!rule.Takes(block.Seq))
                break;

            rule.Add(block.Info);
            blocks.Add(block);
        }

        if (rule.Violation() is { } violation)
            return JournalMessages.Fenced(batch, violation);

        partition!.Unsealed.RemoveAll(b => b.Stream == batch.Stream && b.Seq <= batch.ToSeq);
        partition.Pending.Add(
            (batch.Stream, batch.FromSeq),
            new MemoryBatch(
                batch,
                seal.MergedBody is { } merged ? [merged.ToArray()] : blocks.ConvertAll(b => b.Body),
                rule.Received));
        return JournalResult.Committed;
    }

    private JournalResult Apply(BatchId id, ShippedObject shipped)
    {
        var key = (id.Stream, id.FromSeq);
        if (!store.Partitions.TryGetValue(id.Partition, out var partition))
            return JournalMessages.Unknown(id);
        if (partition.Shipped.ContainsKey(key))
            return JournalResult.Committed;
        if (!partition.Pending.Remove(key, out var pending))
            return JournalMessages.Unknown(id);

        partition.Shipped.Add(key, new ShippedBatch(pending.Batch, shipped));
        var hour = pending.Batch.Hour;
        partition.Ledger[hour] = partition.LedgerOf(hour).PlusShipped(id.Stream, pending.Batch.Events);
        return JournalResult.Committed;
    }

    private static IEnumerable<LedgerRow> LedgerOf(PartitionId id, MemoryPartition partition, LakeHour from)
    {
        var hours = partition.Ledger.Keys
            .Concat(partition.Unsealed.Select(b => b.Hour))
            .Concat(partition.Pending.Values.Select(p => p.Batch.Hour));
        foreach (var hour in hours.Where(h => h >= from).Distinct().Order())
        {
            var entry = partition.LedgerOf(hour);
            yield return new LedgerRow(
                id,
                entry.Counts,
                entry.ShippedGood,
                entry.ShippedQuarantined,
                partition.PendingEvents(hour, LakeStream.Good),
                partition.PendingEvents(hour, LakeStream.Quarantine));
        }
    }

    private ValueTask<T> Read<T>(Func<T> read, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (store.Gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            return ValueTask.FromResult(read());
        }
    }

    private ValueTask<JournalResult> Write(Func<JournalResult> write, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return ValueTask.FromResult(JournalMessages.CancelledBefore);

        lock (store.Gate)
            return ValueTask.FromResult(_closed ? JournalMessages.Closed : write());
    }
}
