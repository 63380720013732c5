using System.Globalization;
using Ingest.Engine;

namespace Ingest.Storage.Postgres;

/// <summary>Reads what a partition needs to go on, within one snapshot.</summary>
internal static class SnapshotReader
{
    /// <summary>
    /// Keeps the generations of ids from being dropped in this transaction, since reading them one after the other may take a
    /// while. To be called first: a lock that comes before the snapshot guards all that the snapshot shows, and what is newer
    /// is not dropped yet.
    /// </summary>
    /// <param name="session">A transaction that has read nothing.</param>
    /// <param name="generations">As listed just before.</param>
    public static Task KeepIdsAsync(Session session, IEnumerable<int> generations) =>
        session.ExecuteAsync($"LOCK TABLE {string.Join(", ", generations.Select(GenerationTables.Ids))} IN ACCESS SHARE MODE");

    public static async Task<PartitionSnapshot> ReadAsync(Session session, PartitionId partition, int idsMax, Instant idsSince)
    {
        var found = await session.QueryAsync(
            $"SELECT {PartitionsTable.Columns} FROM ingest.partitions p WHERE p.source = $1 AND p.number = $2",
            PartitionsTable.Read,
            Parameter.Of(partition.Source),
            Parameter.Of(partition.Number));
        var closed = await ClosedHoursTable.ReadAsync(session);
        if (found.Count == 0)
            return closed.Raise(PartitionSnapshot.Empty);

        var row = found[0];
        var unsealed = await ReadUnsealedAsync(session, row);
        var ids = await ReadIdsAsync(session, row, idsMax, idsSince);
        return closed.Raise(new PartitionSnapshot(row.NextSeq, row.Clock, row.PartitionCount, unsealed, ids));
    }

    /// <exception cref="JournalCorruptException">There are not as many as were written.</exception>
    private static async Task<List<BlockInfo>> ReadUnsealedAsync(Session session, PartitionRow row)
    {
        var written = row.Good.Blocks + row.Quarantine.Blocks;
        if (written == 0)
            return [];

        LakeStream[] streams = [.. new[] { LakeStream.Good, LakeStream.Quarantine }.Where(s => row.Unsealed(s).Blocks > 0)];
        var generations = await GenerationTables.ListBlocksAsync(session, streams.Min(s => row.Unsealed(s).Generation));
        var union = string.Join(" UNION ALL ", streams.Select(stream => GenerationTables.Union(
            generations,
            "b.seq, b.stream, b.hour, b.events, b.line_bytes, octet_length(b.body) AS body_bytes, b.received",
            string.Create(CultureInfo.InvariantCulture, $"WHERE b.partition = $1 AND b.stream = {(int)stream} AND b.piece = 0 AND b.seq > {row.Unsealed(stream).SealedTo}"))));
        var blocks = await session.QueryAsync(
            $"SELECT seq, stream, hour, events, line_bytes, body_bytes, received FROM ({union}) AS u ORDER BY seq",
            rows => new BlockInfo(
                rows.GetInt64(0),
                (LakeStream)rows.GetInt16(1),
                new LakeHour(rows.GetInt32(2)),
                rows.GetInt32(3),
                rows.GetInt32(4),
                rows.GetInt32(5),
                new Instant(rows.GetInt64(6))),
            Parameter.Of(row.Key));
        return blocks.Count == written
            ? blocks
            : throw Damage.Row(
                "blocks_N",
                $"partition {row.Id} (id {row.Key})",
                string.Create(CultureInfo.InvariantCulture, $"it holds {blocks.Count} unsealed blocks, but {written} were written"));
    }

    /// <summary>Newest first by generation and seq, until there are enough; a run is never cut.</summary>
    public static async Task<List<IdRun>> ReadIdsAsync(Session session, PartitionRow row, int idsMax, Instant idsSince)
    {
        var runs = new List<IdRun>();
        long ids = 0;
        foreach (var generation in await GenerationTables.ListIdsAsync(session))
        {
            if (ids >= idsMax)
                break;

            var found = await session.QueryAsync(
                $"""
                SELECT first_seq, clock, crc, ids FROM (
                    SELECT *, sum(octet_length(ids)) OVER (ORDER BY first_seq DESC) - octet_length(ids) AS newer
                    FROM {GenerationTables.Ids(generation)}
                    WHERE partition = $1 AND first_seq >= $2 AND clock >= $3) AS i
                WHERE newer < $4
                ORDER BY first_seq DESC
                """,
                rows => (Run: new IdRun(rows.GetInt64(0), new Instant(rows.GetInt64(1)), rows.GetFieldValue<byte[]>(3)), Crc: rows.GetInt32(2)),
                Parameter.Of(row.Key),
                Parameter.Of(row.ForgetIdsBelow),
                Parameter.Of(idsSince.UnixMilliseconds),
                Parameter.Of((idsMax - ids) * (long)WriteRules.IdBytes));
            foreach (var (run, crc) in found)
            {
                if (IdsRow.ChecksumOf(row.Key, run) != crc)
                {
                    throw Damage.Row(
                        string.Create(CultureInfo.InvariantCulture, $"ids_{generation}"),
                        string.Create(CultureInfo.InvariantCulture, $"partition {row.Id} (id {row.Key}), first seq {run.FirstSeq}"),
                        "its checksum does not hold");
                }

                runs.Add(run);
                ids += run.Ids.Length / WriteRules.IdBytes;
            }
        }

        runs.Reverse();
        return runs;
    }
}
