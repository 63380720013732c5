using System.Collections.Concurrent;
using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>
/// Finds the keys of partitions, and makes the rows of those that are written for the first time. Keys never change, so each
/// is read once: about 150 bytes a partition.
/// </summary>
internal sealed class PartitionKeys
{
    private readonly ConcurrentDictionary<PartitionId, int> _known = new();

    /// <summary>The key of a partition that was found before.</summary>
    public int? Find(PartitionId id) => _known.TryGetValue(id, out var key) ? key : null;

    /// <summary>Makes sure that the keys of all partitions that have a row are known. Outside a transaction.</summary>
    public async Task LoadAsync(Session session, IReadOnlyList<PostgresWrite> writes)
    {
        var unknown = writes.Where(w => !_known.ContainsKey(w.Partition)).ToList();
        if (unknown.Count == 0)
            return;

        await ReadAsync(session, unknown);
        var firsts = unknown.OfType<AppendWrite>().Where(a => a.IsFirst && !_known.ContainsKey(a.Partition)).ToList();
        if (firsts.Count == 0)
            return;

        await MakeAsync(session, firsts);
        await ReadAsync(session, firsts);
    }

    private async Task ReadAsync(Session session, IReadOnlyList<PostgresWrite> writes)
    {
        var found = await session.QueryAsync(
            """
            SELECT p.id, p.source, p.number
            FROM ingest.partitions p
            JOIN unnest($1::text[], $2::int[]) AS u (source, number) ON p.source = u.source AND p.number = u.number
            """,
            rows => (Key: rows.GetInt32(0), Id: new PartitionId(rows.GetString(1), rows.GetInt32(2))),
            Parameter.Of(writes.Select(w => w.Partition.Source).ToArray()),
            Parameter.Of(writes.Select(w => w.Partition.Number).ToArray()));
        foreach (var (key, id) in found)
            _known[id] = key;
    }

    /// <summary>
    /// The first append of a source sets its number of partitions. A partition gets a row only under that number, checked
    /// under a lock on the source's row, so that a split at the same moment is either seen or waits.
    /// </summary>
    private static async Task MakeAsync(Session session, List<AppendWrite> firsts)
    {
        await using var batch = new NpgsqlBatch(session.Connection) { Timeout = session.Seconds };
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            INSERT INTO ingest.sources (name, partition_count)
            SELECT DISTINCT ON (u.name) u.name, u.partition_count
            FROM unnest($1::text[], $2::int[]) AS u (name, partition_count)
            ORDER BY u.name, u.partition_count
            ON CONFLICT DO NOTHING
            """)
        {
            Parameters =
            {
                Parameter.Of(firsts.Select(f => f.Partition.Source).ToArray()),
                Parameter.Of(firsts.Select(f => f.Append.PartitionCount).ToArray()),
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            INSERT INTO ingest.partitions (source, number, lane, partition_count)
            SELECT s.name, u.number, u.lane, s.partition_count
            FROM unnest($1::text[], $2::int[], $3::bigint[], $4::int[]) AS u (source, number, lane, partition_count)
            JOIN ingest.sources s ON s.name = u.source AND s.partition_count = u.partition_count
            ORDER BY s.name, u.number
            FOR SHARE OF s
            ON CONFLICT DO NOTHING
            """)
        {
            Parameters =
            {
                Parameter.Of(firsts.Select(f => f.Partition.Source).ToArray()),
                Parameter.Of(firsts.Select(f => f.Partition.Number).ToArray()),
                Parameter.Of(firsts.Select(f => (long)Lane.Hash(f.Partition)).ToArray()),
                Parameter.Of(firsts.Select(f => f.Append.PartitionCount).ToArray()),
            },
        });
        await batch.ExecuteNonQueryAsync(session.Cancellation);
    }
}
