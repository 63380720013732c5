using Ingest.Engine;

namespace Ingest.Storage;

/// <param name="seal">What is asked for.</param>
/// <param name="blocks">The batch's blocks, checked.</param>
internal sealed class SealWrite(Seal seal, SealedBlocks blocks) : Write
{
    public override long Bytes => seal.MergedBody?.Length ?? 0;

    public override JournalResult Execute(JournalTransaction transaction)
    {
        var batch = seal.Batch;
        var head = transaction.Head(batch.Partition)!;
        var run = head.Unsealed(batch.Stream);
        if (run.Blocks == 0 || run.Oldest != blocks.Oldest)
            return JournalMessages.Fenced(batch, "its blocks were sealed meanwhile");

        var rest = Rest(transaction.Tables, head, run);
        var pending = new PendingBatch(head.Key, batch, blocks.Received, blocks.Last, 0);
        if (seal.MergedBody is { } merged)
            pending = Merge(transaction, pending, merged);
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

    /// <summary>What stays unsealed of the stream: nothing, what was behind the batch when its blocks were read, or what was appended since.</summary>
    private UnsealedRun Rest(JournalTables tables, PartitionHead head, in UnsealedRun run)
    {
        var left = run.Blocks - seal.Batch.Blocks;
        if (left == 0)
            return default;

        var next = blocks.Next ?? tables.Blocks.OldestOfRest(head, seal.Batch.Stream, left, blocks.Last);
        return run with { First = next.Block.Seq, Oldest = next.Position, Blocks = left, Events = run.Events - seal.Batch.Events };
    }

    /// <summary>The merged body takes the place of the blocks' bodies, in pieces; the blocks go.</summary>
    private PendingBatch Merge(JournalTransaction transaction, PendingBatch pending, ReadOnlyMemory<byte> merged)
    {
        transaction.Free(pending with { Batch = pending.Batch with { BodyBytes = blocks.BodyBytes } });
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

        return pending with { Position = first, MergedPieces = pieces };
    }
}
