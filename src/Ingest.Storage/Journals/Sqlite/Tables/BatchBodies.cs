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
        if (pending.MergedPieces > 0)
        {
            for (var i = 0; i < pending.MergedPieces; i++)
                positions.Add(pending.MergedPosition + i);
            return positions;
        }

        var batch = pending.Batch;
        long events = 0;
        long bytes = 0;
        tables.Blocks.Scan(pending.Partition, batch.Stream, batch.FromSeq, batch.ToSeq, (block, position) =>
        {
            positions.Add(position);
            events += block.Events;
            bytes += block.BodyBytes;
            return true;
        });
        if (positions.Count != batch.Blocks || events != batch.Events || bytes != batch.BodyBytes)
        {
            throw Damage.Row(
                tables.Database.Path,
                "blocks",
                $"{JournalMessages.Name(batch.Id)} (partition id {pending.Partition})",
                $"{positions.Count} blocks with {events} events and {bytes} bytes are there, but {batch.Blocks} with {batch.Events} and {batch.BodyBytes} were sealed");
        }

        return positions;
    }
}
