using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>
/// Raises the number of partitions of a source, in one transaction that holds the rows of the source and all its partitions:
/// appends to them wait or are refused until it ends (some 2 s for a window of two million ids).
/// </summary>
internal sealed class Split(Session session, string source, int from, int to)
{
    public async Task<JournalResult> RunAsync(CommitStep step)
    {
        await using var transaction = await session.Connection.BeginTransactionAsync(session.Cancellation);
        await session.ExecuteAsync(
            "INSERT INTO ingest.sources (name, partition_count) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            Parameter.Of(source),
            Parameter.Of(from));
        var present = await session.ScalarAsync<int>("SELECT partition_count FROM ingest.sources WHERE name = $1 FOR UPDATE", Parameter.Of(source));
        var isNew = !await session.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM ingest.partitions WHERE source = $1)", Parameter.Of(source));
        if (present == to && !isNew)
            return JournalResult.Committed;
        if (present != from)
            return JournalMessages.Fenced(source, present, from);

        var parents = await RaiseAsync();
        var ids = (await session.QueryAsync(GenerationTables.ReadOpen, GenerationTables.ReadOpenRow))[0].Ids;
        foreach (var parent in parents)
            await HandDownAsync(parent, ids);
        await step.CommitAsync(transaction, session.Cancellation);
        return JournalResult.Committed;
    }

    /// <summary>Locks the partitions, makes those that are missing, and gives all of them the new number.</summary>
    /// <returns>Those that there were.</returns>
    private async Task<List<PartitionRow>> RaiseAsync()
    {
        var keys = await session.QueryAsync("SELECT id FROM ingest.partitions WHERE source = $1", rows => rows.GetInt32(0), Parameter.Of(source));
        var parents = await session.QueryAsync(PartitionsTable.Lock, PartitionsTable.Read, Parameter.Of(keys.ToArray()));
        var all = Enumerable.Range(0, to).Select(number => new PartitionId(source, number)).ToList();
        await session.ExecuteAsync("UPDATE ingest.sources SET partition_count = $2 WHERE name = $1", Parameter.Of(source), Parameter.Of(to));
        await session.ExecuteAsync("UPDATE ingest.partitions SET partition_count = $2 WHERE source = $1", Parameter.Of(source), Parameter.Of(to));
        await session.ExecuteAsync(
            """
            INSERT INTO ingest.partitions (source, number, lane, partition_count)
            SELECT $1, u.number, u.lane, $2 FROM unnest($3::int[], $4::bigint[]) AS u (number, lane)
            ON CONFLICT DO NOTHING
            """,
            Parameter.Of(source),
            Parameter.Of(to),
            Parameter.Of(all.Select(id => id.Number).ToArray()),
            Parameter.Of(all.Select(id => (long)Lane.Hash(id)).ToArray()));
        return parents;
    }

    /// <summary>Gives the new partitions of one parent its clock, and those of its ids that are theirs.</summary>
    private async Task HandDownAsync(PartitionRow parent, int generation)
    {
        var children = await session.QueryAsync(
            """
            UPDATE ingest.partitions SET clock = greatest(clock, $4)
            WHERE source = $1 AND number % $2 = $3 AND number >= $2
            RETURNING number, id
            """,
            rows => (Number: rows.GetInt32(0), Key: rows.GetInt32(1)),
            Parameter.Of(source),
            Parameter.Of(from),
            Parameter.Of(parent.Id.Number),
            Parameter.Of(parent.Clock.UnixMilliseconds));
        if (parent.Id.Number >= from)
            throw Damage.Row("partitions", $"{parent.Id} (id {parent.Key})", $"its source has only {from}");

        var window = await SnapshotReader.ReadIdsAsync(session, parent, int.MaxValue, new Instant(long.MinValue));
        var parts = IdSplit.Divide(parent.Id, window, from, to);
        await using var import = await session.Connection.BeginBinaryImportAsync(
            $"COPY {GenerationTables.Ids(generation)} (partition, crc, first_seq, clock, ids) FROM STDIN (FORMAT binary)", session.Cancellation);
        foreach (var (number, key) in children)
        {
            foreach (var row in parts.GetValueOrDefault(number, []).Select(run => IdsRow.Of(key, run)))
                await WriteAsync(import, row);
        }

        await import.CompleteAsync(session.Cancellation);
    }

    private async Task WriteAsync(NpgsqlBinaryImporter import, IdsRow row)
    {
        await import.StartRowAsync(session.Cancellation);
        await import.WriteAsync(row.Partition, session.Cancellation);
        await import.WriteAsync(row.Crc, session.Cancellation);
        await import.WriteAsync(row.Run.FirstSeq, session.Cancellation);
        await import.WriteAsync(row.Run.Clock.UnixMilliseconds, session.Cancellation);
        await import.WriteAsync(row.Run.Ids, session.Cancellation);
    }
}
