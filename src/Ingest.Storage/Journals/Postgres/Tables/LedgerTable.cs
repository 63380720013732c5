using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>Counts by partition and hour.</summary>
internal static class LedgerTable
{
    /// <summary>
    /// Adds to rows of partitions that this transaction has locked, so that nobody else makes any; makes those that are missing.
    /// Nearly all are there, and changing them costs half of what ON CONFLICT takes.
    /// </summary>
    public static NpgsqlBatchCommand Add(IReadOnlyDictionary<(int Partition, LakeHour Hour), LedgerEntry> changes)
    {
        var command = new NpgsqlBatchCommand(
            """
            WITH added AS (
                SELECT * FROM unnest($1::int[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])
                    AS a (partition, hour, received, good, quarantined, duplicates, refused, shipped_good, shipped_quarantined)),
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
            INSERT INTO ingest.ledger (
                partition, hour, received, good, quarantined, duplicates, refused, shipped_good, shipped_quarantined)
            SELECT * FROM added
            WHERE (SELECT count(*) FROM changed) < cardinality($1) AND (partition, hour) NOT IN (SELECT partition, hour FROM changed)
            """);
        command.Parameters.Add(Parameter.Of(changes.Keys.Select(k => k.Partition).ToArray()));
        command.Parameters.Add(Parameter.Of(changes.Keys.Select(k => k.Hour.Number).ToArray()));
        Add(e => e.Counts.Received);
        Add(e => e.Counts.Good);
        Add(e => e.Counts.Quarantined);
        Add(e => e.Counts.Duplicates);
        Add(e => e.Counts.Refused);
        Add(e => e.ShippedGood);
        Add(e => e.ShippedQuarantined);
        return command;

        void Add(Func<LedgerEntry, long> column) => command.Parameters.Add(Parameter.Of(changes.Values.Select(column).ToArray()));
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
}
