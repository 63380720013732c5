using System.Globalization;
using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>The open generations: where new rows go.</summary>
/// <param name="Blocks">That of bodies.</param>
/// <param name="Ids">That of ids.</param>
internal readonly record struct OpenGenerations(int Blocks, int Ids);

/// <summary>Names of the tables of generations, and statements over several of them.</summary>
internal static class GenerationTables
{
    /// <summary>Reads the open generations as one row. Within a transaction that has locked partitions, so that their runs stay in the order of generations.</summary>
    public const string ReadOpen =
        "SELECT max(id) FILTER (WHERE kind = 'blocks'), max(id) FILTER (WHERE kind = 'ids') FROM ingest.generations WHERE closed_at IS NULL";

    /// <summary>Fails the transaction where one of them is not open any more. After partitions were locked, as above.</summary>
    public static NpgsqlBatchCommand RequireOpen(OpenGenerations open) => new(
        $"""
        SELECT ingest.require(count(*) = 2, '{Faults.ClosedGenerationCode}') FROM ingest.generations
        WHERE closed_at IS NULL AND (kind, id) IN (('blocks', $1), ('ids', $2))
        """)
    {
        Parameters = { Parameter.Of(open.Blocks), Parameter.Of(open.Ids) },
    };

    public static string Blocks(int generation) => string.Create(CultureInfo.InvariantCulture, $"ingest.blocks_{generation}");

    public static string Ids(int generation) => string.Create(CultureInfo.InvariantCulture, $"ingest.ids_{generation}");

    /// <summary>The generations of bodies that there are, from one on, oldest first.</summary>
    public static Task<List<int>> ListBlocksAsync(Session session, int from, int to = int.MaxValue) => session.QueryAsync(
        "SELECT id FROM ingest.generations WHERE kind = 'blocks' AND id BETWEEN $1 AND $2 ORDER BY id",
        rows => rows.GetInt32(0),
        Parameter.Of(from),
        Parameter.Of(to));

    /// <summary>The generations of ids, newest first.</summary>
    public static Task<List<int>> ListIdsAsync(Session session) => session.QueryAsync(
        "SELECT id FROM ingest.generations WHERE kind = 'ids' ORDER BY id DESC", rows => rows.GetInt32(0));

    /// <summary>
    /// One query over several generations: <c>generation</c> and the given columns of every row that meets the condition.
    /// </summary>
    /// <param name="generations">At least one.</param>
    /// <param name="columns">Columns of blocks_N, as <c>b.name</c>.</param>
    /// <param name="condition">What follows the name of each table: a join, or WHERE and a condition.</param>
    public static string Union(IReadOnlyList<int> generations, string columns, string condition) => string.Join(
        " UNION ALL ",
        generations.Select(g => string.Create(
            CultureInfo.InvariantCulture, $"SELECT {g} AS generation, {columns} FROM {Blocks(g)} b {condition}")));

    public static OpenGenerations ReadOpenRow(NpgsqlDataReader rows) => new(rows.GetInt32(0), rows.GetInt32(1));

    /// <summary>Sums up the unsealed blocks of a stream. Partition, stream, sealed to, last seq taken, hour: $1 to $5.</summary>
    public static string SumUnsealed(IReadOnlyList<int> generations)
    {
        var union = Union(
            generations,
            "b.seq, b.events, b.line_bytes, octet_length(b.body) AS body_bytes, b.hour, b.received",
            "WHERE b.partition = $1 AND b.stream = $2 AND b.piece = 0 AND b.seq > $3");
        return $"SELECT {Sums("seq <= $4")}, {Sums("seq > $4")} FROM ({union}) AS u";

        static string Sums(string side) =>
            $"""
            min(seq) FILTER (WHERE {side}), max(seq) FILTER (WHERE {side}), count(*) FILTER (WHERE {side}),
            (sum(events) FILTER (WHERE {side}))::bigint, (sum(line_bytes) FILTER (WHERE {side}))::bigint,
            (sum(body_bytes) FILTER (WHERE {side}))::bigint, bool_or(hour <> $5) FILTER (WHERE {side}),
            min(received) FILTER (WHERE {side}), min(generation) FILTER (WHERE {side}), max(generation) FILTER (WHERE {side})
            """;
    }

    public static UnsealedBlocks ReadSums(NpgsqlDataReader rows)
    {
        var taken = Run(0);
        var rest = Run(10);
        return new UnsealedBlocks(
            taken, taken.Blocks == 0 ? 0 : rows.GetInt32(8), taken.Blocks == 0 ? 0 : rows.GetInt32(9),
            rest, rest.Blocks == 0 ? 0 : rows.GetInt32(18));

        BlockRun Run(int at) => rows.GetInt64(at + 2) is var blocks and > 0
            ? new BlockRun(
                rows.GetInt64(at),
                rows.GetInt64(at + 1),
                blocks,
                rows.GetInt64(at + 3),
                rows.GetInt64(at + 4),
                rows.GetInt64(at + 5),
                rows.GetBoolean(at + 6),
                new Instant(rows.GetInt64(at + 7)))
            : new BlockRun(0, 0, 0, 0, 0, 0, false, StreamRun.None);
    }
}
