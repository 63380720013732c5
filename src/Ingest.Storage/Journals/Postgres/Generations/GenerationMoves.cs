using System.Runtime.CompilerServices;
using Ingest.Engine;

namespace Ingest.Storage.Postgres;

/// <summary>
/// Moves what is still needed of an old generation to the open one, byte for byte, so that the old one can be dropped. In
/// small steps, each under the lock on its partition's row, beside which nobody writes, seals or confirms that partition.
/// </summary>
internal sealed class GenerationMoves(PostgresJournalOptions options)
{
    /// <summary>Bytes moved in one step, unless one row is larger: holds up one partition for some 10 ms.</summary>
    private const int StepBytesMax = 4 << 20;

    /// <summary>
    /// Closed generations that are old and of which little is needed, oldest first. What is needed is estimated from above: a
    /// batch over two generations counts in both.
    /// </summary>
    public Task<List<int>> CandidatesAsync(Session session) => session.QueryAsync(
        """
        SELECT g.id FROM ingest.generations g
        WHERE g.kind = 'blocks' AND g.closed_at < now() - $1
            AND (SELECT COALESCE(sum(b.body_bytes), 0) FROM ingest.batches b WHERE b.first_generation <= g.id AND b.last_generation >= g.id)
                + (SELECT COALESCE(sum(p.good_bytes), 0) FROM ingest.partitions p WHERE p.good_blocks > 0 AND p.good_generation <= g.id)
                + (SELECT COALESCE(sum(p.quarantine_bytes), 0) FROM ingest.partitions p WHERE p.quarantine_blocks > 0 AND p.quarantine_generation <= g.id)
                <= $2 * pg_table_size(to_regclass('ingest.blocks_' || g.id))
        ORDER BY g.id
        """,
        rows => rows.GetInt32(0),
        Parameter.Of(options.EvacuateAfter),
        Parameter.Of(options.EvacuateShareMax));

    /// <summary>The steps that empty a generation; each is to be run in a transaction, and the next asked for when it committed.</summary>
    public static async IAsyncEnumerable<Func<Task>> StepsAsync(Session session, int generation)
    {
        // What is also in an older generation that stays would hold this one all the same.
        var older = await session.ScalarAsync<int>(
            "SELECT COALESCE(max(id), 0) FROM ingest.generations WHERE kind = 'blocks' AND id < $1", Parameter.Of(generation));
        var batches = await session.QueryAsync(
            $"{SealedBatch.Select} WHERE b.first_generation BETWEEN $1 AND $2 AND b.last_generation >= $2",
            SealedBatch.Read,
            Parameter.Of(older + 1),
            Parameter.Of(generation));
        foreach (var batch in batches)
        {
            var done = new StrongBox<bool>();
            while (!done.Value)
                yield return () => MoveBatchAsync(session, generation, batch, done);
        }

        foreach (var stream in new[] { LakeStream.Good, LakeStream.Quarantine })
        {
            var name = NameOf(stream);
            var partitions = await session.QueryAsync(
                $"SELECT id FROM ingest.partitions WHERE {name}_blocks > 0 AND {name}_generation BETWEEN $1 AND $2 ORDER BY id",
                rows => rows.GetInt32(0),
                Parameter.Of(older + 1),
                Parameter.Of(generation));
            foreach (var partition in partitions)
            {
                var done = new StrongBox<bool>();
                while (!done.Value)
                    yield return () => MoveUnsealedAsync(session, generation, partition, stream, done);
            }
        }
    }

    private static async Task MoveBatchAsync(Session session, int generation, SealedBatch batch, StrongBox<bool> done)
    {
        done.Value = true; // Unless rows are left: a step that fails is not repeated now.
        if (await LockAsync(session, batch.Partition) is null)
            return;

        var id = batch.Batch.Id;
        var isPending = await session.ScalarAsync<bool>(
            "SELECT true FROM ingest.batches WHERE partition = $1 AND stream = $2 AND from_seq = $3",
            Parameter.Of(batch.Partition),
            Parameter.Of((short)id.Stream),
            Parameter.Of(id.FromSeq));
        if (!isPending)
            return;

        var open = await OpenAsync(session);
        var toSeq = batch.Pieces > 0 ? id.FromSeq : batch.Batch.ToSeq;
        var moved = await MoveAsync(session, generation, open, batch.Partition, id.Stream, id.FromSeq, toSeq, batch.Pieces > 0);
        var first = moved > 0 ? 0 : await FirstAsync(session, generation, batch.Partition, id.Stream, id.FromSeq, toSeq, batch.Pieces > 0);
        await session.ExecuteAsync(
            """
            UPDATE ingest.batches
            SET first_generation = greatest(first_generation, $4), last_generation = greatest(last_generation, $5)
            WHERE partition = $1 AND stream = $2 AND from_seq = $3
            """,
            Parameter.Of(batch.Partition),
            Parameter.Of((short)id.Stream),
            Parameter.Of(id.FromSeq),
            Parameter.Of(first),
            Parameter.Of(moved > 0 ? open : 0));
        done.Value = moved == 0;
    }

    private static async Task MoveUnsealedAsync(Session session, int generation, int partition, LakeStream stream, StrongBox<bool> done)
    {
        done.Value = true;
        if (await LockAsync(session, partition) is not { } row || row.Unsealed(stream) is not { Blocks: > 0 } run || run.Generation > generation)
            return;

        var moved = await MoveAsync(session, generation, await OpenAsync(session), partition, stream, run.SealedTo + 1, long.MaxValue, merged: false);
        if (moved == 0)
        {
            var first = await FirstAsync(session, generation, partition, stream, run.SealedTo + 1, long.MaxValue, merged: false);
            await session.ExecuteAsync(
                $"UPDATE ingest.partitions SET {NameOf(stream)}_generation = $2 WHERE id = $1", Parameter.Of(partition), Parameter.Of(first));
        }

        done.Value = moved == 0;
    }

    /// <summary>Moves rows of one partition and stream, the first ones that fit into a step.</summary>
    /// <returns>Number of rows.</returns>
    private static Task<int> MoveAsync(
        Session session, int from, int to, int partition, LakeStream stream, long fromSeq, long toSeq, bool merged) => session.ExecuteAsync(
        $"""
        WITH chosen AS (
            SELECT seq, piece FROM (
                SELECT seq, piece, sum(octet_length(body)) OVER (ORDER BY seq, piece) - octet_length(body) AS before
                FROM {GenerationTables.Blocks(from)}
                WHERE partition = $1 AND stream = $2 AND seq BETWEEN $3 AND $4 AND piece {(merged ? ">" : "=")} 0) AS s
            WHERE before < $5),
        moved AS (
            DELETE FROM {GenerationTables.Blocks(from)} b USING chosen c
            WHERE b.partition = $1 AND b.seq = c.seq AND b.piece = c.piece
            RETURNING b.partition, b.piece, b.seq, b.received, b.hour, b.events, b.line_bytes, b.crc, b.stream, b.body)
        INSERT INTO {GenerationTables.Blocks(to)} (partition, piece, seq, received, hour, events, line_bytes, crc, stream, body)
        SELECT * FROM moved
        """,
        Parameter.Of(partition),
        Parameter.Of((short)stream),
        Parameter.Of(fromSeq),
        Parameter.Of(toSeq),
        Parameter.Of((long)StepBytesMax));

    /// <summary>The oldest generation behind an emptied one that holds any of the rows.</summary>
    private static async Task<int> FirstAsync(
        Session session, int emptied, int partition, LakeStream stream, long fromSeq, long toSeq, bool merged)
    {
        var union = GenerationTables.Union(
            await GenerationTables.ListBlocksAsync(session, emptied + 1),
            "b.seq",
            $"WHERE b.partition = $1 AND b.stream = $2 AND b.seq BETWEEN $3 AND $4 AND b.piece {(merged ? ">" : "=")} 0");
        return await session.ScalarAsync<int>(
            $"SELECT COALESCE(min(generation), $5) FROM ({union}) AS u",
            Parameter.Of(partition),
            Parameter.Of((short)stream),
            Parameter.Of(fromSeq),
            Parameter.Of(toSeq),
            Parameter.Of(emptied + 1));
    }

    private static async Task<PartitionRow?> LockAsync(Session session, int partition)
    {
        var rows = await session.QueryAsync(PartitionsTable.Lock, PartitionsTable.Read, Parameter.Of(new[] { partition }));
        return rows.Count == 0 ? null : rows[0];
    }

    private static async Task<int> OpenAsync(Session session) =>
        (await session.QueryAsync(GenerationTables.ReadOpen, GenerationTables.ReadOpenRow))[0].Blocks;

    private static string NameOf(LakeStream stream) => stream == LakeStream.Good ? "good" : "quarantine";
}
