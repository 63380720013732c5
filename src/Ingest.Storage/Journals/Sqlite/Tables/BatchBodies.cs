using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>Finds where the bodies of a batch stand, and checks that none is missing.</summary>
internal static class BatchBodies
{
    /// <summary>Positions of the batch's bodies in the order in which they ship.</summary>
    /// <exception cref="JournalCorruptException">The stored blocks are not those that were sealed.</exception>
    public static List<long> Positions(JournalTables tables, PendingBatch pending)
    {
        var positions = new List<long>();
        if (pending.IsMerged)
        {
            for (var i = 0; i < pending.MergedPieces; i++)
                positions.Add(pending.Position + i);
            return positions;
        }

        var batch = pending.Batch;
        var expected = $"{JournalMessages.Name(batch.Id)} (partition id {pending.Partition})";
        long events = 0;
        long bytes = 0;
        var chain = tables.Blocks.Chain(pending.Partition, batch.Stream, pending.Position, batch.Blocks, expected);
        foreach (var stored in chain)
        {
            positions.Add(stored.Position);
            events += stored.Block.Events;
            bytes += stored.Block.BodyBytes;
        }

        if (chain[0].Block.Seq != batch.FromSeq || chain[^1].Block.Seq != batch.ToSeq || events != batch.Events || bytes != batch.BodyBytes)
        {
            throw Damage.Row(
                tables.Database.Path,
                "blocks",
                expected,
                $"seq {chain[0].Block.Seq} to {chain[^1].Block.Seq} with {events} events and {bytes} bytes are there, but {batch.FromSeq} to {batch.ToSeq} with {batch.Events} and {batch.BodyBytes} were sealed");
        }

        return positions;
    }
}
