using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;

namespace Ingest.Bench;

/// <summary>
/// The floor under the journal: binary COPY of the same rows into the same tables, and nothing else: no fence, no counts, no
/// checksums, nobody who waits.
/// </summary>
/// <param name="Name">Its short name.</param>
/// <param name="About">For people.</param>
/// <param name="HasIds">Whether ids are stored too, by a second COPY of each transaction.</param>
/// <param name="IsOneCommit">All rows in one transaction; else as many transactions as the journal took.</param>
internal sealed record CopyFloor(string Name, string About, bool HasIds, bool IsOneCommit)
{
    public static IReadOnlyList<CopyFloor> All { get; } =
    [
        new("copy", "all bodies and ids by one COPY each, in one transaction, over one connection", HasIds: true, IsOneCommit: true),
        new("copy-commits", "a COPY of bodies and one of ids in each transaction; as many of them, and as many connections, as the journal", HasIds: true, IsOneCommit: false),
        new("copy-commits-bodies", "the same without ids: one COPY a transaction", HasIds: false, IsOneCommit: false),
    ];

    /// <summary>Stores rows of a shape.</summary>
    /// <param name="database">An empty, migrated one.</param>
    /// <param name="shape">What is appended.</param>
    /// <param name="partitions">Number of partitions that the rows are of.</param>
    /// <param name="rows">How many.</param>
    /// <param name="commits">In how many transactions.</param>
    /// <param name="connections">Over how many connections at once.</param>
    /// <returns>The time that it took.</returns>
    public async Task<TimeSpan> RunAsync(string database, AppendShape shape, int partitions, long rows, long commits, int connections)
    {
        if (IsOneCommit)
            (commits, connections) = (1, 1);
        var open = new List<NpgsqlConnection>();
        for (var i = 0; i < connections; i++)
        {
            open.Add(new NpgsqlConnection(JournalDatabase.NotPooled(database)));
            await open[i].OpenAsync();
        }

        var clock = Stopwatch.StartNew();
        long next = 0;
        await Task.WhenAll(open.Select(connection => Task.Run(() =>
        {
            while (Interlocked.Increment(ref next) is var commit && commit <= commits)
                Copy(connection, shape, partitions, (commit - 1) * rows / commits, commit * rows / commits);
        })));
        var time = clock.Elapsed;
        foreach (var connection in open)
            await connection.DisposeAsync();
        return time;
    }

    private void Copy(NpgsqlConnection connection, AppendShape shape, int partitions, long from, long to)
    {
        using var transaction = connection.BeginTransaction();
        using (var import = connection.BeginBinaryImport(
            "COPY ingest.blocks_1 (partition, piece, seq, received, hour, events, line_bytes, crc, stream, body) FROM STDIN (FORMAT binary)"))
        {
            for (var row = from; row < to; row++)
            {
                var (partition, seq) = Place(row);
                var block = shape.Block(partition, seq);
                import.StartRow();
                import.Write(partition, NpgsqlDbType.Integer);
                import.Write((short)0, NpgsqlDbType.Smallint);
                import.Write(seq, NpgsqlDbType.Bigint);
                import.Write(block.Received.UnixMilliseconds, NpgsqlDbType.Bigint);
                import.Write(block.Hour.Number, NpgsqlDbType.Integer);
                import.Write(block.Events, NpgsqlDbType.Integer);
                import.Write(block.LineBytes, NpgsqlDbType.Integer);
                import.Write(0, NpgsqlDbType.Integer);
                import.Write((short)block.Stream, NpgsqlDbType.Smallint);
                import.Write(block.Body, NpgsqlDbType.Bytea);
            }

            import.Complete();
        }

        if (HasIds)
            CopyIds(connection, shape, from, to);
        transaction.Commit();

        (int Partition, long Seq) Place(long row) => ((int)(row % partitions), 1 + (row / partitions));

        void CopyIds(NpgsqlConnection connection, AppendShape shape, long from, long to)
        {
            using var import = connection.BeginBinaryImport("COPY ingest.ids_1 (partition, crc, first_seq, clock, ids) FROM STDIN (FORMAT binary)");
            for (var row = from; row < to; row++)
            {
                var (partition, seq) = Place(row);
                import.StartRow();
                import.Write(partition, NpgsqlDbType.Integer);
                import.Write(0, NpgsqlDbType.Integer);
                import.Write(seq, NpgsqlDbType.Bigint);
                import.Write(seq, NpgsqlDbType.Bigint);
                import.Write(shape.Ids(seq), NpgsqlDbType.Bytea);
            }

            import.Complete();
        }
    }
}
