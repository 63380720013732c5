using System.Globalization;
using Ingest.Engine;

namespace Ingest.Storage.Postgres;

/// <summary>Looks up where the bodies of a batch, or of unsealed blocks, are. Each within one snapshot.</summary>
internal static class BodyLists
{
    /// <exception cref="InvalidOperationException">The batch is not pending as given.</exception>
    /// <exception cref="JournalCorruptException">Not all of its rows are there.</exception>
    public static async Task<BodyList> OfBatchAsync(Session session, Batch batch)
    {
        var found = await session.QueryAsync(
            $"{SealedBatch.Select} WHERE p.source = $1 AND p.number = $2 AND b.stream = $3 AND b.from_seq = $4",
            SealedBatch.Read,
            Parameter.Of(batch.Partition.Source),
            Parameter.Of(batch.Partition.Number),
            Parameter.Of((short)batch.Stream),
            Parameter.Of(batch.FromSeq));
        if (found.Count == 0 || found[0].Batch != batch)
            throw JournalMessages.NotPending(batch);

        var pending = found[0];
        var list = await ListAsync(
            session,
            new BodyList(pending.Partition, batch.Stream, []),
            await GenerationTables.ListBlocksAsync(session, pending.FirstGeneration, pending.LastGeneration),
            batch.FromSeq,
            pending.Pieces > 0 ? batch.FromSeq : batch.ToSeq,
            pending.Pieces > 0);
        var rows = pending.Pieces > 0 ? pending.Pieces : batch.Blocks;
        var bytes = list.Places.Sum(p => (long)p.Bytes);
        if (list.Places.Count != rows || bytes != batch.BodyBytes)
        {
            throw Damage.Row(
                string.Create(CultureInfo.InvariantCulture, $"blocks_{pending.FirstGeneration} to {pending.LastGeneration}"),
                $"{JournalMessages.Name(batch.Id)} (partition id {pending.Partition})",
                string.Create(CultureInfo.InvariantCulture, $"they hold {list.Places.Count} rows of it with {bytes} bytes, but {rows} with {batch.BodyBytes} were written"));
        }

        return list;
    }

    /// <summary>Unsealed blocks of a range; none where there are none.</summary>
    public static async Task<BodyList> OfUnsealedAsync(
        Session session, PartitionId partition, LakeStream stream, long fromSeq, long toSeq)
    {
        var found = await session.QueryAsync(
            $"SELECT {PartitionsTable.Columns} FROM ingest.partitions p WHERE p.source = $1 AND p.number = $2",
            PartitionsTable.Read,
            Parameter.Of(partition.Source),
            Parameter.Of(partition.Number));
        var run = found.Count == 0 ? default : found[0].Unsealed(stream);
        if (run.Blocks == 0)
            return new BodyList(0, stream, []);

        return await ListAsync(
            session,
            new BodyList(found[0].Key, stream, []),
            await GenerationTables.ListBlocksAsync(session, run.Generation),
            Math.Max(fromSeq, run.SealedTo + 1),
            toSeq,
            merged: false);
    }

    private static async Task<BodyList> ListAsync(
        Session session, BodyList empty, List<int> generations, long fromSeq, long toSeq, bool merged)
    {
        if (generations.Count == 0)
            return empty;

        var union = GenerationTables.Union(
            generations,
            "b.seq, b.piece, octet_length(b.body) AS bytes",
            $"WHERE b.partition = $1 AND b.stream = $2 AND b.seq BETWEEN $3 AND $4 AND b.piece {(merged ? ">" : "=")} 0");
        var places = await session.QueryAsync(
            $"SELECT generation, seq, piece, bytes FROM ({union}) AS u ORDER BY seq, piece",
            rows => new BodyPlace(rows.GetInt32(0), rows.GetInt64(1), rows.GetInt16(2), rows.GetInt32(3)),
            Parameter.Of(empty.Partition),
            Parameter.Of((short)empty.Stream),
            Parameter.Of(fromSeq),
            Parameter.Of(toSeq));
        return empty with { Places = places };
    }
}
