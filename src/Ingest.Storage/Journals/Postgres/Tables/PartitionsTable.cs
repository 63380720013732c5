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

    private const string UpdateSql =
        """
        UPDATE ingest.partitions p SET
            next_seq = u.next_seq, clock = u.clock, forget_ids_below = u.forget_ids_below,
            pending_batches = u.pending_batches, pending_events = u.pending_events, pending_bytes = u.pending_bytes,
            good_sealed_to = u.good_sealed_to, good_blocks = u.good_blocks, good_events = u.good_events,
            good_bytes = u.good_bytes, good_oldest = u.good_oldest, good_generation = u.good_generation,
            quarantine_sealed_to = u.quarantine_sealed_to, quarantine_blocks = u.quarantine_blocks,
            quarantine_events = u.quarantine_events, quarantine_bytes = u.quarantine_bytes,
            quarantine_oldest = u.quarantine_oldest, quarantine_generation = u.quarantine_generation
        FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::int[],
                $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[], $19::int[])
            AS u (id, next_seq, clock, forget_ids_below, pending_batches, pending_events, pending_bytes,
                good_sealed_to, good_blocks, good_events, good_bytes, good_oldest, good_generation,
                quarantine_sealed_to, quarantine_blocks, quarantine_events, quarantine_bytes, quarantine_oldest, quarantine_generation)
        WHERE p.id = u.id
        """;

    private const string AppendSql =
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
            FROM unnest($2::int[], $3::int[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                    $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[])
                AS u (id, partition_count, first_seq, next_seq, clock, forget_ids_below,
                    good_blocks, good_events, good_bytes, good_oldest,
                    quarantine_blocks, quarantine_events, quarantine_bytes, quarantine_oldest)
            WHERE p.id = u.id AND p.next_seq = u.first_seq AND p.partition_count = u.partition_count
            RETURNING 1)
        SELECT ingest.require(count(*) = cardinality($2), '{Faults.FencedCode}') FROM updated
        """;

    /// <summary>
    /// Moves partitions on, each from the seq and under the number of partitions that its append names; fails the transaction
    /// where one is not there.
    /// </summary>
    /// <param name="appends">One of each partition, by key: rows are locked in that order, for which the connection's planner is bound to nested loops.</param>
    /// <param name="generation">The generation that their blocks go to.</param>
    public static NpgsqlBatchCommand Append(List<(int Key, AppendWrite Write)> appends, int generation)
    {
        var command = new NpgsqlBatchCommand(AppendSql) { Parameters = { Parameter.Of(generation) } };
        Add(a => a.Key);
        Add(a => a.Write.Append.PartitionCount);
        Add(a => a.Write.Append.FirstSeq);
        Add(a => a.Write.Append.NextSeq);
        Add(a => a.Write.Append.Clock.UnixMilliseconds);
        Add(a => a.Write.Append.ForgetIdsBelow);
        AddBlocks(a => a.Write.Good);
        AddBlocks(a => a.Write.Quarantine);
        return command;

        void AddBlocks(Func<(int Key, AppendWrite Write), AddedBlocks> added)
        {
            Add(a => added(a).Blocks);
            Add(a => added(a).Events);
            Add(a => added(a).Bytes);
            Add(a => added(a).Oldest.UnixMilliseconds);
        }

        void Add<T>(Func<(int Key, AppendWrite Write), T> column) => command.Parameters.Add(Parameter.Of(appends.Select(column).ToArray()));
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
    public static NpgsqlBatchCommand Update(IReadOnlyCollection<PartitionRow> rows)
    {
        var command = new NpgsqlBatchCommand(UpdateSql);
        Add(rows.Select(r => r.Key));
        Add(rows.Select(r => r.NextSeq));
        Add(rows.Select(r => r.Clock.UnixMilliseconds));
        Add(rows.Select(r => r.ForgetIdsBelow));
        Add(rows.Select(r => r.Pending.Batches));
        Add(rows.Select(r => r.Pending.Events));
        Add(rows.Select(r => r.Pending.Bytes));
        AddRun(LakeStream.Good);
        AddRun(LakeStream.Quarantine);
        return command;

        void AddRun(LakeStream stream)
        {
            Add(rows.Select(r => r.Unsealed(stream).SealedTo));
            Add(rows.Select(r => r.Unsealed(stream).Blocks));
            Add(rows.Select(r => r.Unsealed(stream).Events));
            Add(rows.Select(r => r.Unsealed(stream).Bytes));
            Add(rows.Select(r => r.Unsealed(stream).Oldest.UnixMilliseconds));
            Add(rows.Select(r => r.Unsealed(stream).Generation));
        }

        void Add<T>(IEnumerable<T> column) => command.Parameters.Add(Parameter.Of(column.ToArray()));
    }

    private static StreamRun ReadRun(NpgsqlDataReader rows, int at) => new(
        rows.GetInt64(at),
        rows.GetInt64(at + 1),
        rows.GetInt64(at + 2),
        rows.GetInt64(at + 3),
        new Instant(rows.GetInt64(at + 4)),
        rows.GetInt32(at + 5));
}
