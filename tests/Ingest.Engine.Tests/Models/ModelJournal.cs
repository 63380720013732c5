using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Ingest.Engine.Tests;

/// <summary>
/// A journal in memory that does what the contract says and nothing more; every call completes at once. What it holds
/// is open to tests, and it can be told to fail.
/// </summary>
internal sealed class ModelJournal : IJournal
{
    private readonly Dictionary<PartitionId, ModelPartition> _partitions = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private LakeHour? _closed;
    private readonly SortedDictionary<Batch, ReadOnlyMemory<byte>?> _pending = new(OldestFirst.Comparer);

    public string Id => "abcdefgh";

    /// <summary>Reads fail with <see cref="JournalUnavailableException"/> while this is set.</summary>
    public bool IsDown { get; set; }

    /// <summary>
    /// How the next confirmation ends: null for as it should, else it is not stored and ends like this.
    /// </summary>
    public JournalResult? NextConfirmFails { get; set; }

    /// <summary>The next confirmation is stored, but its answer is lost.</summary>
    public bool NextConfirmIsLost { get; set; }

    public Dictionary<BatchId, ShippedBatch> Shipped { get; } = [];

    public IEnumerable<Batch> Pending => _pending.Keys;

    /// <summary>Every append that committed, in that order.</summary>
    public List<Append> Appends { get; } = [];

    /// <summary>Blocks whose bytes are still here: unsealed, or sealed and not confirmed.</summary>
    public IEnumerable<Block> Blocks => _partitions.Values.SelectMany(partition => partition.Blocks.Values);

    /// <summary>The runs of ids that it remembers of a partition, oldest first.</summary>
    public IReadOnlyList<IdRun> RunsOf(PartitionId partition) => Of(partition).Runs;

    public ValueTask<PartitionSnapshot> ReadPartitionAsync(
        PartitionId partition, int idsMax, Instant idsSince, CancellationToken cancellation)
    {
        ThrowIfDown();
        var model = Of(partition);
        var runs = new List<IdRun>();
        var ids = 0;
        foreach (var run in model.Runs.Where(run => run.Clock >= idsSince).Reverse().TakeWhile(_ => ids < idsMax))
        {
            runs.Insert(0, run);
            ids += run.Ids.Length / 16;
        }

        return new(new PartitionSnapshot(
            model.NextSeq,
            _closed is { } closed ? Instant.Max(model.Clock, closed.End) : model.Clock,
            model.PartitionCount,
            [.. model.Unsealed.Select(block => block.Info)],
            runs)
        {
            IdsClock = model.Clock,
        });
    }

    public ValueTask<IReadOnlyList<PartitionId>> ReadUnsealedPartitionsAsync(
        Lane lane, Instant receivedBefore, CancellationToken cancellation) =>
        throw new NotSupportedException("no test of the engine asks");

    public ValueTask<IReadOnlyDictionary<string, int>> ReadPartitionCountsAsync(CancellationToken cancellation)
    {
        ThrowIfDown();
        return new(new Dictionary<string, int>(_counts, StringComparer.Ordinal));
    }

    public ValueTask<JournalResult> SplitAsync(string source, int from, int to, CancellationToken cancellation)
    {
        if (_counts.TryGetValue(source, out var count) && count != from)
            return new(count == to ? JournalResult.Committed : new JournalResult(JournalOutcome.Fenced, $"it has {count} partitions"));
        for (var number = from; number < to; number++)
        {
            var (parent, child) = (Of(new PartitionId(source, number % from)), Of(new PartitionId(source, number)));
            (child.Clock, child.PartitionCount, parent.PartitionCount) = (parent.Clock, to, to);
            child.Runs.AddRange(parent.Runs
                .Select(run => run with { Ids = IdsOf(run, number, to) })
                .Where(run => run.Ids.Length > 0)
                // Far below 1, and in their order.
                .Select(run => run with { FirstSeq = run.FirstSeq - (1 << 20) }));
        }

        _counts[source] = to;
        return new(JournalResult.Committed);
    }

    public ValueTask<JournalResult> CloseHourAsync(LakeHour hour, CancellationToken cancellation)
    {
        if (!(hour <= _closed))
            _closed = hour;
        return new(JournalResult.Committed);
    }

    public ValueTask<LakeHour?> ReadClosedHourAsync(CancellationToken cancellation) => new(_closed);

    public ValueTask<JournalResult> AppendAsync(Append append, CancellationToken cancellation)
    {
        var model = Of(append.Partition);
        if (append.FirstSeq != model.NextSeq)
            return new(new JournalResult(JournalOutcome.Fenced, $"next seq is {model.NextSeq}"));
        if (_counts.TryGetValue(append.Partition.Source, out var count) && count != append.PartitionCount)
            return new(new JournalResult(JournalOutcome.Fenced, $"the source has {count} partitions"));
        if (append.Blocks.FirstOrDefault(block => block.Hour <= _closed) is { } late)
            return new(new JournalResult(JournalOutcome.Fenced, $"the hour {late.Hour} is closed"));
        _counts[append.Partition.Source] = model.PartitionCount = append.PartitionCount;
        foreach (var block in append.Blocks)
            model.Blocks.Add(block.Seq, block);
        model.NextSeq = append.NextSeq;
        model.Clock = append.Clock;
        model.Runs.RemoveAll(run => run.FirstSeq < append.ForgetIdsBelow);
        if (append.Ids.Length > 0)
            model.Runs.Add(new IdRun(append.FirstSeq, append.Clock, append.Ids));
        foreach (var counts in append.Counts)
            model.Count(counts.Hour <= _closed ? counts with { Hour = _closed.Value.Next } : counts);
        Appends.Add(append);
        return new(JournalResult.Committed);
    }

    public ValueTask<JournalResult> SealAsync(Seal seal, CancellationToken cancellation)
    {
        var batch = seal.Batch;
        var model = Of(batch.Partition);
        var blocks = model.Unsealed.Where(block => block.Stream == batch.Stream && block.Seq <= batch.ToSeq).ToList();
        var isExact = blocks.Count == batch.Blocks
            && blocks[0].Seq == batch.FromSeq
            && blocks[^1].Seq == batch.ToSeq
            && blocks.Sum(block => block.Events) == batch.Events
            && blocks.All(block => block.Hour == batch.Hour)
            && batch.BodyBytes == (seal.MergedBody?.Length ?? blocks.Sum(block => (long)block.Body.Length));
        if (!isExact)
            return new(new JournalResult(JournalOutcome.Fenced, "not the oldest unsealed blocks"));
        foreach (var block in blocks)
            model.Sealed.Add(block.Seq);
        _pending.Add(batch, seal.MergedBody);
        return new(JournalResult.Committed);
    }

    public ValueTask<JournalResult> ConfirmAsync(BatchId batch, ShippedObject shipped, CancellationToken cancellation)
    {
        if (NextConfirmFails is { } failure)
        {
            NextConfirmFails = null;
            return new(failure);
        }

        if (_pending.Keys.SingleOrDefault(pending => pending.Id == batch) is { } known)
        {
            foreach (var block in BlocksOf(known))
                Of(known.Partition).Blocks.Remove(block.Seq);
            _pending.Remove(known);
            Shipped.Add(batch, new ShippedBatch(known, shipped));
        }

        var isLost = NextConfirmIsLost;
        NextConfirmIsLost = false;
        return new(isLost ? new JournalResult(JournalOutcome.Unknown, "answer lost") : JournalResult.Committed);
    }

    public ValueTask<IReadOnlyList<Batch>> ReadPendingAsync(
        Lane lane, int limit, IReadOnlySet<BatchId> without, CancellationToken cancellation)
    {
        ThrowIfDown();
        return new([.. _pending.Keys.Where(batch => lane.Holds(batch.Partition) && !without.Contains(batch.Id)).Take(limit)]);
    }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBatchAsync(
        Batch batch, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        cancellation.ThrowIfCancellationRequested();
        ThrowIfDown();
        if (!_pending.TryGetValue(batch, out var merged))
            throw new BatchNotPendingException($"{batch.Id} is not pending");
        var bodies = merged is { } body ? [body] : BlocksOf(batch).Select(block => block.Body);
        foreach (var chunk in bodies)
            yield return chunk;
    }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBlocksAsync(
        PartitionId partition,
        LakeStream stream,
        long fromSeq,
        long toSeq,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        ThrowIfDown();
        var blocks = Of(partition).Unsealed
            .Where(block => block.Stream == stream && block.Seq >= fromSeq && block.Seq <= toSeq);
        foreach (var block in blocks)
            yield return block.Body;
    }

    public async IAsyncEnumerable<LedgerRow> ReadLedgerAsync(
        LakeHour from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var row in Ledger().Where(row => row.Counts.Hour >= from))
            yield return row;
    }

    public async IAsyncEnumerable<ShippedBatch> ReadShippedAsync(
        LakeHour from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var shipped in Shipped.Values.Where(shipped => shipped.Batch.Hour >= from))
            yield return shipped;
    }

    public ValueTask<JournalStatus> ReadStatusAsync(CancellationToken cancellation) =>
        throw new NotSupportedException("no test of the engine asks");

    public ValueTask<JournalResult> RecordRelayedAsync(RelayedObject relayed, CancellationToken cancellation) =>
        throw new NotSupportedException("no test of the engine asks");

    public ValueTask<bool> WasRelayedAsync(string region, string key, string sha256, CancellationToken cancellation) =>
        throw new NotSupportedException("no test of the engine asks");

    public ValueTask<JournalResult> ForgetBeforeAsync(LakeHour before, CancellationToken cancellation) =>
        throw new NotSupportedException("no test of the engine asks");

    public ValueTask DisposeAsync() => default;

    /// <summary>The ledger; what is pending is counted from the blocks themselves.</summary>
    public IReadOnlyList<LedgerRow> Ledger()
    {
        var rows = new List<LedgerRow>();
        foreach (var (id, model) in _partitions)
        {
            foreach (var counts in model.Ledger.Values)
            {
                rows.Add(new LedgerRow(
                    id, counts, ShippedOf(LakeStream.Good), ShippedOf(LakeStream.Quarantine), PendingOf(LakeStream.Good),
                    PendingOf(LakeStream.Quarantine)));

                long ShippedOf(LakeStream stream) => Shipped.Values
                    .Select(shipped => shipped.Batch)
                    .Where(batch => batch.Partition == id && batch.Hour == counts.Hour && batch.Stream == stream)
                    .Sum(batch => (long)batch.Events);

                long PendingOf(LakeStream stream) => model.Blocks.Values
                    .Where(block => block.Hour == counts.Hour && block.Stream == stream)
                    .Sum(block => (long)block.Events);
            }
        }

        return rows;
    }

    private static byte[] IdsOf(IdRun run, int number, int count) =>
    [
        .. run.Ids.ToArray().Chunk(16)
            .Where(id => BinaryPrimitives.ReadUInt128BigEndian(id) % (UInt128)count == (UInt128)number)
            .SelectMany(id => id),
    ];

    private IEnumerable<Block> BlocksOf(Batch batch) => Of(batch.Partition).Blocks.Values
        .Where(block => block.Stream == batch.Stream && block.Seq >= batch.FromSeq && block.Seq <= batch.ToSeq)
        .ToList();

    private ModelPartition Of(PartitionId id)
    {
        if (!_partitions.TryGetValue(id, out var partition))
            _partitions[id] = partition = new ModelPartition();
        return partition;
    }

    private void ThrowIfDown()
    {
        if (IsDown)
            throw new JournalUnavailableException("the model journal is down");
    }

    private sealed class ModelPartition
    {
        public SortedDictionary<long, Block> Blocks { get; } = [];

        public HashSet<long> Sealed { get; } = [];

        public List<IdRun> Runs { get; } = [];

        public SortedDictionary<LakeHour, LedgerCounts> Ledger { get; } = [];

        public long NextSeq { get; set; } = 1;

        public Instant Clock { get; set; }

        public int PartitionCount { get; set; }

        public IEnumerable<Block> Unsealed => Blocks.Values.Where(block => !Sealed.Contains(block.Seq));

        public void Count(LedgerCounts more)
        {
            var sum = Ledger.GetValueOrDefault(more.Hour);
            Ledger[more.Hour] = new LedgerCounts(
                more.Hour,
                sum.Received + more.Received,
                sum.Good + more.Good,
                sum.Quarantined + more.Quarantined,
                sum.Duplicates + more.Duplicates,
                sum.Refused + more.Refused);
        }
    }
}
