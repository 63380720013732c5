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
        var rule = new SealRule(_seal);
        var unsealed = head is null ? [] : transaction.Tables.Blocks.ReadUnsealed(head, batch.Stream);
        var count = 0;
        while (count < unsealed.Count && rule.Takes(unsealed[count].Block.Seq))
            rule.Add(unsealed[count++].Block);
        if (rule.Violation() is { } violation)
            return JournalMessages.Fenced(batch, violation);

        var pending = new PendingBatch(head!.Key, batch, rule.Received, unsealed[count - 1].Position, 0);
        if (_seal.MergedBody is { } merged)
            pending = Merge(transaction, pending, unsealed.Take(count), merged);
        var checksum = transaction.Tables.Batches.Insert(pending);
        transaction.Set(head.With(batch.Stream, Rest(head.Unsealed(batch.Stream), unsealed, count)));
        transaction.Totals = transaction.Totals with
        {
            UnsealedEvents = transaction.Totals.UnsealedEvents - batch.Events,
            PendingEvents = transaction.Totals.PendingEvents + batch.Events,
            PendingBatches = transaction.Totals.PendingBatches + 1,
            BatchesSum = transaction.Totals.BatchesSum.With(checksum),
        };
        return JournalResult.Committed;
    }

    /// <summary>What stays unsealed of a stream behind its first blocks.</summary>
    private UnsealedRun Rest(in UnsealedRun run, List<StoredBlock> unsealed, int sealedBlocks) => sealedBlocks == unsealed.Count
        ? default
        : run with
        {
            First = unsealed[sealedBlocks].Block.Seq,
            Oldest = unsealed[sealedBlocks].Position,
            Blocks = run.Blocks - sealedBlocks,
            Events = run.Events - _seal.Batch.Events,
        };

    /// <summary>The merged body takes the place of the blocks' bodies, in pieces; the blocks go.</summary>
    private static PendingBatch Merge(
        JournalTransaction transaction, PendingBatch pending, IEnumerable<StoredBlock> replaced, ReadOnlyMemory<byte> merged)
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

        foreach (var stored in replaced)
        {
            transaction.Tables.Bodies.Delete(stored.Position);
            transaction.Tables.Blocks.Delete(stored.Position);
            transaction.Totals = transaction.Totals with { BacklogBytes = transaction.Totals.BacklogBytes - stored.Block.BodyBytes };
        }

        return pending with { Position = first, MergedPieces = pieces };
    }
}
