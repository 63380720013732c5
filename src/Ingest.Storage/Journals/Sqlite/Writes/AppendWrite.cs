using Ingest.Engine;

namespace Ingest.Storage;

internal sealed class AppendWrite : Write
{
    private readonly Append _append;
    private readonly Crc32C[] _bodyCrcs;

    /// <summary>Checksums the bodies on the caller's thread: it costs the writer nothing, and covers the wait in the queue.</summary>
    public AppendWrite(Append append)
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

    public override bool IsAppend => true;

    public override JournalResult Execute(JournalTransaction transaction)
    {
        if (transaction.AppendRefusal is { } refusal)
            return new JournalResult(JournalOutcome.Refused, refusal);

        var head = transaction.Head(_append.Partition);
        var nextSeq = head?.NextSeq ?? 1;
        if (_append.FirstSeq != nextSeq)
            return JournalMessages.Fenced(_append, nextSeq);
        if (transaction.PartitionCount(_append.Partition.Source) is > 0 and var count && count != _append.PartitionCount)
            return JournalMessages.FencedByCount(_append, count);
        if (transaction.Closed.BlockOfClosed(_append) is { } late)
            return JournalMessages.FencedByHour(_append, late);

        head ??= transaction.NewHead(_append.Partition);
        head = AddBlocks(transaction, head);
        head = AddIds(transaction, head);
        foreach (var counts in _append.Counts.Select(transaction.Closed.Book))
        {
            ref var entry = ref transaction.Ledger(head.Id, counts.Hour);
            entry = entry.Plus(counts);
        }

        transaction.Set(head with { NextSeq = _append.NextSeq, Clock = _append.Clock, PartitionCount = _append.PartitionCount });
        return JournalResult.Committed;
    }

    private PartitionHead AddBlocks(JournalTransaction transaction, PartitionHead head)
    {
        var (good, quarantine) = (head.Good, head.Quarantine);
        long events = 0;
        for (var i = 0; i < _bodyCrcs.Length; i++)
        {
            var block = _append.Blocks[i];
            var position = transaction.AddBody(_bodyCrcs[i], block.Body.Span);
            ref var run = ref block.Stream == LakeStream.Good ? ref good : ref quarantine;
            transaction.Tables.Blocks.Insert(new StoredBlock(head.Key, block.Info, position, run.Newest));
            run = run.Plus(block.Info, position);
            events += block.Events;
        }

        transaction.Totals = transaction.Totals with { UnsealedEvents = transaction.Totals.UnsealedEvents + events };
        return head with { Good = good, Quarantine = quarantine };
    }

    private PartitionHead AddIds(JournalTransaction transaction, PartitionHead head)
    {
        if (!_append.Ids.IsEmpty)
            head = transaction.AddIds(head, new IdRun(_append.FirstSeq, _append.Clock, _append.Ids));
        if (_append.ForgetIdsBelow > head.Ids.Forgotten)
            head = transaction.ForgetIds(head, _append.ForgetIdsBelow);
        return head;
    }
}
