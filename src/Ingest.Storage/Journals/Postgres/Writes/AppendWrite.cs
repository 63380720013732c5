using Ingest.Engine;

namespace Ingest.Storage.Postgres;

internal sealed class AppendWrite : PostgresWrite
{
    private readonly Append _append;
    private readonly Crc32C[] _bodyCrcs;

    /// <summary>Checksums the bodies on the caller's thread: it costs the commit nothing, and covers the wait in the queue.</summary>
    public AppendWrite(Append append)
        : base(append.Partition)
    {
        _append = append;
        _bodyCrcs = new Crc32C[append.Blocks.Count];
        long bytes = append.Ids.Length;
        for (var i = 0; i < _bodyCrcs.Length; i++)
        {
            var body = append.Blocks[i].Body.Span;
            _bodyCrcs[i] = new Crc32C();
            _bodyCrcs[i].Add(body);
            bytes += body.Length;
        }

        Bytes = bytes;
    }

    public override long Bytes { get; }

    /// <summary>True where it may be the first one of its partition, whose row is then made with <see cref="PartitionCount"/>.</summary>
    public bool IsFirst => _append.FirstSeq == 1;

    public int PartitionCount => _append.PartitionCount;

    public override JournalResult Execute(Group group)
    {
        var row = group.Find(Partition);
        var nextSeq = row?.NextSeq ?? 1;
        if (_append.FirstSeq != nextSeq)
            return JournalMessages.Fenced(_append, nextSeq);
        if (row is null)
            return JournalMessages.FencedByCount(_append, group.PartitionCounts.GetValueOrDefault(Partition.Source));
        if (row.PartitionCount != _append.PartitionCount)
            return JournalMessages.FencedByCount(_append, row.PartitionCount);
        if (group.Closed.BlockOfClosed(_append) is { } late)
            return JournalMessages.FencedByHour(_append, late);

        row = AddBlocks(group, row);
        if (!_append.Ids.IsEmpty)
            group.Ids.Add(IdsRow.Of(row.Key, new IdRun(_append.FirstSeq, _append.Clock, _append.Ids)));
        foreach (var counts in _append.Counts.Select(group.Closed.Book))
        {
            ref var entry = ref group.Ledger(row.Key, counts.Hour);
            entry = entry.Plus(counts);
        }

        group.Set(row with
        {
            NextSeq = _append.NextSeq,
            Clock = _append.Clock,
            ForgetIdsBelow = Math.Max(row.ForgetIdsBelow, _append.ForgetIdsBelow),
        });
        return JournalResult.Committed;
    }

    private PartitionRow AddBlocks(Group group, PartitionRow row)
    {
        var (good, quarantine) = (row.Good, row.Quarantine);
        for (var i = 0; i < _bodyCrcs.Length; i++)
        {
            var block = _append.Blocks[i];
            group.Blocks.Add(BlockRow.Of(row.Key, 0, block.Info, _bodyCrcs[i], block.Body));
            if (block.Stream == LakeStream.Good)
                good = good.Plus(block, group.Open.Blocks);
            else
                quarantine = quarantine.Plus(block, group.Open.Blocks);
        }

        return row with { Good = good, Quarantine = quarantine };
    }
}
