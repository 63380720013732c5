using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>Counts by partition and hour.</summary>
internal static class LedgerTable
{
    private static readonly RowParameters<KeyValuePair<(int Partition, LakeHour Hour), LedgerEntry>> Rows = new(
        first: 1,
        [
            new("partition", "int", r => r.Key.Partition),
            new("hour", "int", r => r.Key.Hour.Number),
            new("received", "bigint", r => r.Value.Counts.Received),
            new("good", "bigint", r => r.Value.Counts.Good),
            new("quarantined", "bigint", r => r.Value.Counts.Quarantined),
            new("duplicates", "bigint", r => r.Value.Counts.Duplicates),
            new("refused", "bigint", r => r.Value.Counts.Refused),
            new("shipped_good", "bigint", r => r.Value.ShippedGood),
            new("shipped_quarantined", "bigint", r => r.Value.ShippedQuarantined),
        ]);

    private static readonly string AddOne = AddSql(isOne: true);

    private static readonly string AddMany = AddSql(isOne: false);

    /// <summary>
    /// Adds to rows of partitions that this transaction has locked, so that nobody else makes any; makes those that are missing.
    /// Nearly all are there, and changing them costs half of what ON CONFLICT takes.
    /// </summary>
    public static NpgsqlBatchCommand Add(IReadOnlyDictionary<(int Partition, LakeHour Hour), LedgerEntry> changes)
    {
        var rows = changes.ToArray();
        var command = new NpgsqlBatchCommand(rows.Length == 1 ? AddOne : AddMany);
        Rows.AddTo(command, rows);
        return command;
    }

    /// <summary>Reads <c>hour</c> and the counts, from a column on.</summary>
    public static LedgerEntry Read(NpgsqlDataReader rows, int at) => new(
        new LedgerCounts(
            new LakeHour(rows.GetInt32(at)),
            rows.GetInt64(at + 1),
            rows.GetInt64(at + 2),
            rows.GetInt64(at + 3),
            rows.GetInt64(at + 4),
            rows.GetInt64(at + 5)),
        rows.GetInt64(at + 6),
        rows.GetInt64(at + 7));

    private static string AddSql(bool isOne) =>
        $"""
        WITH added AS (SELECT * FROM {Rows.From(isOne)} AS u),
        changed AS (
            UPDATE ingest.ledger l SET
                received = l.received + a.received,
                good = l.good + a.good,
                quarantined = l.quarantined + a.quarantined,
                duplicates = l.duplicates + a.duplicates,
                refused = l.refused + a.refused,
                shipped_good = l.shipped_good + a.shipped_good,
                shipped_quarantined = l.shipped_quarantined + a.shipped_quarantined
            FROM added a
            WHERE l.partition = a.partition AND l.hour = a.hour
            RETURNING l.partition, l.hour)
        INSERT INTO ingest.ledger ({Rows.Names})
        SELECT * FROM added
        WHERE (SELECT count(*) FROM changed) < (SELECT count(*) FROM added) AND (partition, hour) NOT IN (SELECT partition, hour FROM changed)
        """;
}
