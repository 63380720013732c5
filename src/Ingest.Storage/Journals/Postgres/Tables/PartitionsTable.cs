using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>Statements over partitions.</summary>
internal static class PartitionsTable
{
    public const string Columns =
        "p.id, p.source, p.number, p.partition_count, p.next_seq, p.clock, p.forget_ids_below, " +
        "p.pending_batches, p.pending_events, p.pending_bytes, " +
        "p.good_sealed_to, p.good_blocks, p.good_events, p.good_bytes, p.good_oldest, p.good_generation, " +
        "p.quarantine_sealed_to, p.quarantine_blocks, p.quarantine_events, p.quarantine_bytes, p.quarantine_oldest, p.quarantine_generation";

    /// <summary>Locks rows for the rest of the transaction, in the order of their ids; gives each as it is once it is locked.</summary>
    public const string Lock = $"SELECT {Columns} FROM ingest.partitions p WHERE p.id = ANY ($1) ORDER BY p.id FOR NO KEY UPDATE";

    /// <summary>As <see cref="Lock"/>, without those that others hold.</summary>
    public const string LockFree = $"{Lock} SKIP LOCKED";

    private static readonly RowParameters<(int Key, AppendWrite Write)> Appended = new(
        first: 3,
        [
            new("id", "int", a => a.Key),
            new("partition_count", "int", a => a.Write.Append.PartitionCount),
            new("first_seq", "bigint", a => a.Write.Append.FirstSeq),
            new("next_seq", "bigint", a => a.Write.Append.NextSeq),
            new("clock", "bigint", a => a.Write.Append.Clock.UnixMilliseconds),
            new("forget_ids_below", "bigint", a => a.Write.Append.ForgetIdsBelow),
            new("good_blocks", "bigint", a => a.Write.Good.Blocks),
            new("good_events", "bigint", a => a.Write.Good.Events),
            new("good_bytes", "bigint", a => a.Write.Good.Bytes),
            new("good_oldest", "bigint", a => a.Write.Good.Oldest.UnixMilliseconds),
            new("quarantine_blocks", "bigint", a => a.Write.Quarantine.Blocks),
            new("quarantine_events", "bigint", a => a.Write.Quarantine.Events),
            new("quarantine_bytes", "bigint", a => a.Write.Quarantine.Bytes),
            new("quarantine_oldest", "bigint", a => a.Write.Quarantine.Oldest.UnixMilliseconds),
        ]);

    private static readonly RowParameters<PartitionRow> Changed = new(
        first: 1,
        [
            new("id", "int", r => r.Key),
            new("next_seq", "bigint", r => r.NextSeq),
            new("clock", "bigint", r => r.Clock.UnixMilliseconds),
            new("forget_ids_below", "bigint", r => r.ForgetIdsBelow),
            new("pending_batches", "bigint", r => r.Pending.Batches),
            new("pending_events", "bigint", r => r.Pending.Events),
            new("pending_bytes", "bigint", r => r.Pending.Bytes),
            new("good_sealed_to", "bigint", r => r.Good.SealedTo),
            new("good_blocks", "bigint", r => r.Good.Blocks),
            new("good_events", "bigint", r => r.Good.Events),
            new("good_bytes", "bigint", r => r.Good.Bytes),
            new("good_oldest", "bigint", r => r.Good.Oldest.UnixMilliseconds),
            new("good_generation", "int", r => r.Good.Generation),
            new("quarantine_sealed_to", "bigint", r => r.Quarantine.SealedTo),
            new("quarantine_blocks", "bigint", r => r.Quarantine.Blocks),
            new("quarantine_events", "bigint", r => r.Quarantine.Events),
            new("quarantine_bytes", "bigint", r => r.Quarantine.Bytes),
            new("quarantine_oldest", "bigint", r => r.Quarantine.Oldest.UnixMilliseconds),
            new("quarantine_generation", "int", r => r.Quarantine.Generation),
        ]);

    private static readonly string AppendOne = AppendSql(isOne: true);

    private static readonly string AppendMany = AppendSql(isOne: false);

    private static readonly string UpdateOne = UpdateSql(isOne: true);

    private static readonly string UpdateMany = UpdateSql(isOne: false);

    /// <summary>
    /// Moves partitions on, each from the seq and under the number of partitions that its append names; fails the transaction
    /// where one is not there.
    /// </summary>
    /// <param name="appends">One of each partition, by key: rows are locked in that order, for which the connection's planner is bound to nested loops.</param>
    /// <param name="generation">The generation that their blocks go to.</param>
    public static NpgsqlBatchCommand Append(List<(int Key, AppendWrite Write)> appends, int generation)
    {
        var command = new NpgsqlBatchCommand(appends.Count == 1 ? AppendOne : AppendMany)
        {
            Parameters = { Parameter.Of(generation), Parameter.Of(appends.Count) },
        };
        Appended.AddTo(command, appends);
        return command;
    }

    public static PartitionRow Read(NpgsqlDataReader rows) => new(
        rows.GetInt32(0),
        new PartitionId(rows.GetString(1), rows.GetInt32(2)),
        rows.GetInt32(3),
        rows.GetInt64(4),
        new Instant(rows.GetInt64(5)),
        rows.GetInt64(6),
        new PendingCounts(rows.GetInt64(7), rows.GetInt64(8), rows.GetInt64(9)),
        ReadRun(rows, 10),
        ReadRun(rows, 16));

    /// <summary>Writes rows that this transaction has locked.</summary>
    public static NpgsqlBatchCommand Update(IReadOnlyList<PartitionRow> rows)
    {
        var command = new NpgsqlBatchCommand(rows.Count == 1 ? UpdateOne : UpdateMany);
        Changed.AddTo(command, rows);
        return command;
    }

    private static string AppendSql(bool isOne) =>
        $"""
        WITH updated AS (
            UPDATE ingest.partitions p SET
                next_seq = u.next_seq, clock = u.clock, forget_ids_below = greatest(p.forget_ids_below, u.forget_ids_below),
                good_blocks = p.good_blocks + u.good_blocks, good_events = p.good_events + u.good_events,
                good_bytes = p.good_bytes + u.good_bytes, good_oldest = least(p.good_oldest, u.good_oldest),
                good_generation = CASE WHEN p.good_blocks = 0 THEN $1 ELSE p.good_generation END,
                quarantine_blocks = p.quarantine_blocks + u.quarantine_blocks, quarantine_events = p.quarantine_events + u.quarantine_events,
                quarantine_bytes = p.quarantine_bytes + u.quarantine_bytes, quarantine_oldest = least(p.quarantine_oldest, u.quarantine_oldest),
                quarantine_generation = CASE WHEN p.quarantine_blocks = 0 THEN $1 ELSE p.quarantine_generation END
            FROM {Appended.From(isOne)} AS u
            WHERE p.id = u.id AND p.next_seq = u.first_seq AND p.partition_count = u.partition_count
            RETURNING 1)
        SELECT ingest.require(count(*) = $2, '{Faults.FencedCode}') FROM updated
        """;

    private static string UpdateSql(bool isOne) =>
        $"""
        UPDATE ingest.partitions p SET
            next_seq = u.next_seq, clock = u.clock, forget_ids_below = u.forget_ids_below,
            pending_batches = u.pending_batches, pending_events = u.pending_events, pending_bytes = u.pending_bytes,
            good_sealed_to = u.good_sealed_to, good_blocks = u.good_blocks, good_events = u.good_events,
            good_bytes = u.good_bytes, good_oldest = u.good_oldest, good_generation = u.good_generation,
            quarantine_sealed_to = u.quarantine_sealed_to, quarantine_blocks = u.quarantine_blocks,
            quarantine_events = u.quarantine_events, quarantine_bytes = u.quarantine_bytes,
            quarantine_oldest = u.quarantine_oldest, quarantine_generation = u.quarantine_generation
        FROM {Changed.From(isOne)} AS u
        WHERE p.id = u.id
        """;

    private static StreamRun ReadRun(NpgsqlDataReader rows, int at) => new(
        rows.GetInt64(at),
        rows.GetInt64(at + 1),
        rows.GetInt64(at + 2),
        rows.GetInt64(at + 3),
        new Instant(rows.GetInt64(at + 4)),
        rows.GetInt32(at + 5));
}
