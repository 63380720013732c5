using System.Buffers.Binary;
using Ingest.Engine;

namespace Ingest.Storage.Tests;

/// <summary>
/// What a journal should hold, in the plainest form: one list of blocks that are never removed, each with its state, and
/// everything else counted from it.
/// </summary>
internal sealed class JournalModel
{
    private readonly List<ModelBlock> _blocks = [];
    private readonly Dictionary<PartitionId, List<IdRun>> _ids = [];
    private readonly Dictionary<PartitionId, (long NextSeq, Instant Clock)> _heads = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<BatchId, (Batch Batch, byte[]? Merged)> _pending = [];
    private readonly List<ShippedBatch> _shipped = [];
    private readonly List<(PartitionId Partition, LedgerCounts Counts)> _ledger = [];
    private readonly List<(PartitionId Partition, LakeHour Hour, LakeStream Stream, int Events)> _shippedEvents = [];

    public LakeHour? Closed { get; private set; }

    public IEnumerable<Batch> Pending => _pending.Values.Select(p => p.Batch)
        .OrderBy(b => b.SealedAt).ThenBy(b => b.Partition.Source, StringComparer.Ordinal).ThenBy(b => b.Partition.Number)
        .ThenBy(b => b.Stream).ThenBy(b => b.FromSeq);

    public IEnumerable<ShippedBatch> Shipped => _shipped
        .OrderBy(s => s.Batch.Partition.Source, StringComparer.Ordinal).ThenBy(s => s.Batch.Partition.Number)
        .ThenBy(s => s.Batch.Stream).ThenBy(s => s.Batch.FromSeq);

    public IEnumerable<PartitionId> Partitions => _heads.Keys
        .OrderBy(p => p.Source, StringComparer.Ordinal).ThenBy(p => p.Number);

    public IEnumerable<PartitionId> UnsealedPartitions => Partitions.Where(p => Unsealed(p).Any());

    public IReadOnlyDictionary<string, int> PartitionCounts => _counts;

    public Instant OldestUnsealed(PartitionId partition) => Unsealed(partition).Min(b => b.Received);

    public long NextSeq(PartitionId partition) => _heads.GetValueOrDefault(partition, (1, default)).NextSeq;

    public Instant Clock(PartitionId partition)
    {
        var stored = _heads.GetValueOrDefault(partition).Clock;
        return Closed is { } closed && stored < closed.End ? closed.End : stored;
    }

    public IEnumerable<Block> Unsealed(PartitionId partition) =>
        _blocks.Where(b => b.Partition == partition && b.Batch is null).Select(b => b.Block).OrderBy(b => b.Seq);

    /// <summary>The window; a first seq of 0 stands for any that a split gave.</summary>
    public List<(long FirstSeq, Instant Clock, string Ids)> Ids(PartitionId partition, int idsMax, Instant since)
    {
        var runs = new List<(long, Instant, string)>();
        var count = 0;
        foreach (var run in RunsOf(partition).Where(run => run.Clock >= since).Reverse())
        {
            if (count >= idsMax)
                break;
            runs.Insert(0, (run.FirstSeq, run.Clock, Convert.ToHexString(run.Ids.Span)));
            count += run.Ids.Length / 16;
        }

        return runs;
    }

    /// <param name="append">The append.</param>
    /// <param name="forgetRuns">How many of the oldest runs <see cref="Append.ForgetIdsBelow"/> leaves out: the journal numbers those of a split.</param>
    public JournalOutcome Append(Append append, int forgetRuns)
    {
        if (append.FirstSeq != NextSeq(append.Partition))
            return JournalOutcome.Fenced;
        if (_counts.TryGetValue(append.Partition.Source, out var count) && append.PartitionCount != count)
            return JournalOutcome.Fenced;
        if (append.Blocks.Any(b => b.Hour <= Closed))
            return JournalOutcome.Fenced;

        _blocks.AddRange(append.Blocks.Select(b => new ModelBlock(append.Partition, b)));
        RunsOf(append.Partition).RemoveRange(0, forgetRuns);
        if (append.Ids.Length > 0)
            RunsOf(append.Partition).Add(new IdRun(append.FirstSeq, append.Clock, append.Ids.ToArray()));
        _counts[append.Partition.Source] = append.PartitionCount;
        _ledger.AddRange(append.Counts.Select(c => (append.Partition, c.Hour <= Closed ? c with { Hour = Closed.Value.Next } : c)));
        _heads[append.Partition] = (append.NextSeq, append.Clock);
        return JournalOutcome.Committed;
    }

    public JournalOutcome Split(string source, int from, int to)
    {
        if (_counts.TryGetValue(source, out var present) && present != from)
            return present == to ? JournalOutcome.Committed : JournalOutcome.Fenced;

        for (var number = from; number < to; number++)
        {
            var parent = new PartitionId(source, number % from);
            var child = new PartitionId(source, number);
            _heads[child] = (1, _heads.GetValueOrDefault(parent).Clock);
            _ids[child] =
            [
                .. RunsOf(parent)
                    .Select(run => new IdRun(0, run.Clock, IdsOf(run, number, to)))
                    .Where(run => run.Ids.Length > 0),
            ];
        }

        for (var number = 0; number < from; number++)
            _heads.TryAdd(new PartitionId(source, number), (1, default));
        _counts[source] = to;
        return JournalOutcome.Committed;
    }

    public void Close(LakeHour hour)
    {
        if (Closed is null || hour > Closed)
            Closed = hour;
    }

    public JournalOutcome Seal(Seal seal)
    {
        var batch = seal.Batch;
        var blocks = _blocks.Where(b => b.Partition == batch.Partition && b.Block.Stream == batch.Stream && b.Batch is null && b.Block.Seq <= batch.ToSeq)
            .OrderBy(b => b.Block.Seq).ToList();
        var stands = blocks.Count > 0
            && blocks.Count == batch.Blocks
            && blocks[0].Block.Seq == batch.FromSeq
            && blocks[^1].Block.Seq == batch.ToSeq
            && blocks.TrueForAll(b => b.Block.Hour == batch.Hour)
            && blocks.Sum(b => b.Block.Events) == batch.Events;
        if (!stands)
            return JournalOutcome.Fenced;

        blocks.ForEach(b => b.Batch = batch.Id);
        _pending.Add(batch.Id, (batch, seal.MergedBody?.ToArray()));
        return JournalOutcome.Committed;
    }

    public JournalOutcome Confirm(BatchId id, ShippedObject shipped)
    {
        if (!_pending.Remove(id, out var pending))
            return _shipped.Exists(s => s.Batch.Id == id) ? JournalOutcome.Committed : JournalOutcome.Fenced;

        _shipped.Add(new ShippedBatch(pending.Batch, shipped));
        _shippedEvents.Add((id.Partition, pending.Batch.Hour, id.Stream, pending.Batch.Events));
        return JournalOutcome.Committed;
    }

    public void Forget(LakeHour before)
    {
        var pending = StoredBlocks().Select(b => (b.Partition, b.Block.Hour)).ToHashSet();
        _shipped.RemoveAll(s => s.Batch.Hour < before);
        _ledger.RemoveAll(c => c.Counts.Hour < before && !pending.Contains((c.Partition, c.Counts.Hour)));
        _shippedEvents.RemoveAll(s => s.Hour < before && !pending.Contains((s.Partition, s.Hour)));
    }

    public byte[] BytesOf(Batch batch) => _pending[batch.Id].Merged
        ?? Make.BytesOf(_blocks.Where(b => b.Batch == batch.Id).Select(b => b.Block).OrderBy(b => b.Seq));

    public IEnumerable<LedgerRow> Ledger(LakeHour from)
    {
        foreach (var partition in Partitions)
        {
            var counts = _ledger.Where(c => c.Partition == partition).Select(c => c.Counts).ToList();
            var stored = StoredBlocks().Where(b => b.Partition == partition).Select(b => b.Block).ToList();
            var shipped = _shippedEvents.Where(s => s.Partition == partition).ToList();
            foreach (var hour in counts.Select(c => c.Hour).Concat(stored.Select(b => b.Hour)).Distinct().Where(h => h >= from).Order())
            {
                var of = counts.Where(c => c.Hour == hour).ToList();
                yield return new LedgerRow(
                    partition,
                    new LedgerCounts(
                        hour,
                        of.Sum(c => c.Received),
                        of.Sum(c => c.Good),
                        of.Sum(c => c.Quarantined),
                        of.Sum(c => c.Duplicates),
                        of.Sum(c => c.Refused)),
                    shipped.Where(s => s.Hour == hour && s.Stream == LakeStream.Good).Sum(s => s.Events),
                    shipped.Where(s => s.Hour == hour && s.Stream == LakeStream.Quarantine).Sum(s => s.Events),
                    stored.Where(b => b.Hour == hour && b.Stream == LakeStream.Good).Sum(b => b.Events),
                    stored.Where(b => b.Hour == hour && b.Stream == LakeStream.Quarantine).Sum(b => b.Events));
            }
        }
    }

    public JournalStatus Status()
    {
        var unsealed = _blocks.Where(b => b.Batch is null).ToList();
        var stored = StoredBlocks().ToList();
        return new JournalStatus(
            unsealed.Sum(b => b.Block.Events),
            _pending.Values.Sum(p => p.Batch.Events),
            _pending.Count,
            unsealed.Sum(b => b.Block.Body.Length) + _pending.Values.Sum(p => p.Batch.BodyBytes),
            stored.Count == 0 ? null : stored.Min(b => b.Block.Received),
            0);
    }

    private List<IdRun> RunsOf(PartitionId partition)
    {
        if (!_ids.TryGetValue(partition, out var runs))
            _ids[partition] = runs = [];
        return runs;
    }

    private static byte[] IdsOf(IdRun run, int number, int count) =>
    [
        .. run.Ids.ToArray().Chunk(16)
            .Where(id => BinaryPrimitives.ReadUInt128BigEndian(id) % (UInt128)count == (UInt128)number)
            .SelectMany(id => id),
    ];

    private IEnumerable<ModelBlock> StoredBlocks() => _blocks.Where(b => b.Batch is not { } batch || _pending.ContainsKey(batch));

    private sealed record ModelBlock(PartitionId Partition, Block Block)
    {
        public BatchId? Batch { get; set; }
    }
}
