using Ingest.Engine;

namespace Ingest.Storage;

internal sealed class SealWrite : Write
{
    private readonly Seal _seal;

    public SealWrite(Seal seal) => _seal = seal;

    public override long Bytes => _seal.MergedBody?.Length ?? 0;

    public override JournalResult Execute(JournalTransaction transaction)
    {
        var batch = _seal.Batch;
        var head = transaction.Head(batch.Partition);
        var run = head?.Unsealed(batch.Stream) ?? default;
        var rule = new SealRule(_seal);
        var positions = new List<(long Position, int Bytes)>();
        if (head is not null && run.Blocks > 0)
        {
            transaction.Tables.Blocks.Scan(head.Key, batch.Stream, run.First, batch.ToSeq, (block, position) =>
            {
                if (!rule.Takes(block.Seq))
                    return false;

                rule.Add(block);
                positions.Add((position, block.BodyBytes));
                return true;
            });
        }

        if (rule.Violation() is { } violation)
            return JournalMessages.Fenced(batch, violation);

        var rest = Rest(transaction, head!, run);
        var pending = new PendingBatch(head!.Key, batch, rule.Received, 0, 0);
        if (_seal.MergedBody is { } merged)
            pending = Merge(transaction, pending, positions, merged);
        var checksum = transaction.Tables.Batches.Insert(pending);
        transaction.Set(head.With(batch.Stream, rest));
        transaction.Totals = transaction.Totals with
        {
            UnsealedEvents = transaction.Totals.UnsealedEvents - batch.Events,
            PendingEvents = transaction.Totals.PendingEvents + batch.Events,
            PendingBatches = transaction.Totals.PendingBatches + 1,
            BatchesSum = transaction.Totals.BatchesSum.With(checksum),
        };
        return JournalResult.Committed;
    }

    /// <summary>What stays unsealed of the stream behind the batch.</summary>
    private UnsealedRun Rest(JournalTransaction transaction, PartitionHead head, UnsealedRun run)
    {
        var batch = _seal.Batch;
        var (blocks, events) = (run.Blocks - batch.Blocks, run.Events - batch.Events);
        if (blocks == 0 && events == 0)
            return default;

        long first = 0;
        transaction.Tables.Blocks.Scan(head.Key, batch.Stream, batch.ToSeq + 1, long.MaxValue, (block, _) =>
        {
            first = block.Seq;
            return false;
        });
        if (first == 0 || blocks <= 0)
        {
            throw Damage.Row(
                transaction.Tables.Database.Path,
                "blocks",
                $"partition {head.Id} (id {head.Key}), {batch.Stream}, after seq {batch.ToSeq}",
                $"{blocks} more unsealed blocks with {events} events were written");
        }

        return new UnsealedRun(first, blocks, events);
    }

    /// <summary>The merged body takes the place of the blocks' bodies, in pieces; the blocks go.</summary>
    private static PendingBatch Merge(
        JournalTransaction transaction, PendingBatch pending, List<(long Position, int Bytes)> replaced, ReadOnlyMemory<byte> merged)
    {
        var first = transaction.Totals.NextPosition;
        var pieces = 0;
        for (var rest = merged.Span; !rest.IsEmpty; pieces++)
        {
            var piece = rest[..Math.Min(rest.Length, BodiesTable.PieceBytesMax)];
            var crc = new Crc32C();
            crc.Add(piece);
            transaction.AddBody(crc, piece);
            rest = rest[piece.Length..];
        }

        foreach (var (position, bytes) in replaced)
        {
            transaction.Tables.Bodies.Delete(position);
            transaction.Totals = transaction.Totals with { BacklogBytes = transaction.Totals.BacklogBytes - bytes };
        }

        transaction.Tables.Blocks.Delete(pending.Partition, pending.Batch.Stream, pending.Batch.FromSeq, pending.Batch.ToSeq);
        return pending with { MergedPosition = first, MergedPieces = pieces };
    }
}
