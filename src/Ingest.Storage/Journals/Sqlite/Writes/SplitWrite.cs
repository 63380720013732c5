using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// Raises the number of partitions of a source. One transaction reads and copies at most one dedupe window for each
/// partition that there was: commits wait for it (some 2 s for two million ids in runs of ten or more, twice that in runs of one).
/// </summary>
internal sealed class SplitWrite(string source, int from, int to) : Write
{
    public override long Bytes => 0;

    public override JournalResult Execute(JournalTransaction transaction)
    {
        // It takes space, as an append does, and can wait.
        if (transaction.AppendRefusal is { } refusal)
            return new JournalResult(JournalOutcome.Refused, refusal);

        var present = transaction.PartitionCount(source);
        if (present == to)
            return JournalResult.Committed;
        if (present != 0 && present != from)
            return JournalMessages.Fenced(source, present, from);

        for (var number = 0; number < from; number++)
            Split(transaction, HeadOf(transaction, number));
        return JournalResult.Committed;
    }

    private PartitionHead HeadOf(JournalTransaction transaction, int number)
    {
        var id = new PartitionId(source, number);
        return transaction.Head(id) ?? transaction.NewHead(id);
    }

    private void Split(JournalTransaction transaction, PartitionHead parent)
    {
        transaction.Set(parent with { PartitionCount = to });
        var window = transaction.Tables.Ids.Read(parent, int.MaxValue, new Instant(long.MinValue));
        var parts = IdSplit.Divide(parent.Id, window, from, to);
        for (var number = parent.Id.Number + from; number < to; number += from)
        {
            var head = HeadOf(transaction, number) with { PartitionCount = to };
            head = head with { Clock = Instant.Max(head.Clock, parent.Clock) };
            if (parts.TryGetValue(number, out var runs))
                head = HandDown(transaction, head, runs);
            transaction.Set(head);
        }
    }

    /// <summary>Puts runs before what the partition has; it has none unless the number of its source was unknown.</summary>
    private static PartitionHead HandDown(JournalTransaction transaction, PartitionHead head, List<IdRun> runs)
    {
        runs.AddRange(transaction.Tables.Ids.Read(head, int.MaxValue, new Instant(long.MinValue)));
        return transaction.ReplaceIds(head, runs);
    }
}
