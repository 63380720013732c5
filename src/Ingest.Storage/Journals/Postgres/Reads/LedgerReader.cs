using Ingest.Engine;

namespace Ingest.Storage.Postgres;

/// <summary>Reads the ledger of some partitions, within one snapshot: what was counted, and what the blocks and batches themselves hold.</summary>
internal static class LedgerReader
{
    public static async Task<List<LedgerRow>> ReadAsync(Session session, IReadOnlyList<(int Key, PartitionId Id)> partitions, LakeHour since)
    {
        var keys = partitions.Select(p => p.Key).ToArray();
        var stored = await session.QueryAsync(
            """
            SELECT partition, hour, received, good, quarantined, duplicates, refused, shipped_good, shipped_quarantined
            FROM ingest.ledger WHERE partition = ANY ($1) AND hour >= $2
            """,
            rows => (Partition: rows.GetInt32(0), Entry: LedgerTable.Read(rows, 1)),
            Parameter.Of(keys),
            Parameter.Of(since.Number));
        var entries = stored.ToDictionary(s => (s.Partition, s.Entry.Counts.Hour), s => s.Entry);
        var pending = new Dictionary<(int Partition, LakeHour Hour), (long Good, long Quarantined)>();
        foreach (var (partition, stream, hour, events) in await PendingAsync(session, keys))
        {
            var (good, quarantined) = pending.GetValueOrDefault((partition, hour));
            pending[(partition, hour)] = stream == LakeStream.Good ? (good + events, quarantined) : (good, quarantined + events);
        }

        return
        [
            .. from partition in partitions
               from hour in entries.Keys.Concat(pending.Keys).Where(k => k.Partition == partition.Key && k.Hour >= since).Select(k => k.Hour).Distinct().Order()
               let entry = entries.GetValueOrDefault((partition.Key, hour), LedgerEntry.Empty(hour))
               let rest = pending.GetValueOrDefault((partition.Key, hour))
               select new LedgerRow(partition.Id, entry.Counts, entry.ShippedGood, entry.ShippedQuarantined, rest.Good, rest.Quarantined),
        ];
    }

    /// <summary>Events stored and not confirmed, by partition, stream and hour; a stream and hour may come twice.</summary>
    public static async Task<List<(int Partition, LakeStream Stream, LakeHour Hour, long Events)>> PendingAsync(Session session, int[] keys)
    {
        var generation = await session.ScalarAsync<int>(
            """
            SELECT least(min(good_generation) FILTER (WHERE good_blocks > 0), min(quarantine_generation) FILTER (WHERE quarantine_blocks > 0))
            FROM ingest.partitions WHERE id = ANY ($1)
            """,
            Parameter.Of(keys));
        var sql = "SELECT partition, stream, hour, sum(events)::bigint FROM ingest.batches WHERE partition = ANY ($1) GROUP BY 1, 2, 3";
        if (generation > 0)
        {
            var generations = await GenerationTables.ListBlocksAsync(session, generation);
            sql = $"{sql} UNION ALL {Unsealed(generations, LakeStream.Good)} UNION ALL {Unsealed(generations, LakeStream.Quarantine)}";
        }

        return await session.QueryAsync(
            sql,
            rows => (rows.GetInt32(0), (LakeStream)rows.GetInt16(1), new LakeHour(rows.GetInt32(2)), rows.GetInt64(3)),
            Parameter.Of(keys));
    }

    private static string Unsealed(List<int> generations, LakeStream stream)
    {
        var name = stream == LakeStream.Good ? "good" : "quarantine";
        var union = GenerationTables.Union(
            generations,
            "b.partition, b.stream, b.hour, b.events",
            $"JOIN ingest.partitions p ON p.id = b.partition WHERE b.partition = ANY ($1) AND p.{name}_blocks > 0 AND b.seq > p.{name}_sealed_to AND b.stream = {(int)stream} AND b.piece = 0");
        return $"SELECT partition, stream, hour, sum(events)::bigint FROM ({union}) AS u GROUP BY 1, 2, 3";
    }
}
