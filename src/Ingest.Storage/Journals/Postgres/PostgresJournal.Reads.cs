using System.Runtime.CompilerServices;
using Ingest.Engine;
using Ingest.Storage.Postgres;

namespace Ingest.Storage;

/// <summary>The reads. Each step is one short snapshot; long answers are many steps.</summary>
public sealed partial class PostgresJournal
{
    /// <summary>Partitions whose ledger is read in one snapshot.</summary>
    private const int PartitionsPerRead = 16;

    /// <summary>Confirmed batches read in one step, some 300 bytes each.</summary>
    private const int ShippedPerRead = 1_000;

    private const string IsOfLane = "p.lane % $1 = $2";

    public ValueTask<PartitionSnapshot> ReadPartitionAsync(
        PartitionId partition, int idsMax, Instant idsSince, CancellationToken cancellation) =>
        new(_server.ReadAsync(
            async session =>
            {
                PartitionSnapshot read;
                var ids = await GenerationTables.ListIdsAsync(session);
                await using (await session.BeginSnapshotAsync())
                {
                    await SnapshotReader.KeepIdsAsync(session, ids);
                    read = await SnapshotReader.ReadAsync(session, partition, idsMax, idsSince);
                }

                if (!_options.ReadOnly)
                    await StandbyWait.ConfirmAsync(session);
                return read;
            },
            cancellation));

    public ValueTask<bool> WasRelayedAsync(string region, string key, string sha256, CancellationToken cancellation) =>
        new(_server.ReadAsync(session => Postgres.RelayedTable.ContainsAsync(session, region, key, sha256), cancellation));

    public ValueTask<LakeHour?> ReadClosedHourAsync(CancellationToken cancellation) =>
        new(_server.ReadAsync(async session => (await ClosedHoursTable.ReadAsync(session)).Last, cancellation));

    public ValueTask<IReadOnlyList<PartitionId>> ReadUnsealedPartitionsAsync(
        Lane lane, Instant receivedBefore, CancellationToken cancellation) =>
        new(_server.ReadAsync<IReadOnlyList<PartitionId>>(
            async session => await session.QueryAsync(
                $"SELECT p.source, p.number FROM ingest.partitions p WHERE {IsOfLane} AND least(p.good_oldest, p.quarantine_oldest) < $3 ORDER BY p.source, p.number",
                rows => new PartitionId(rows.GetString(0), rows.GetInt32(1)),
                Parameter.Of((long)lane.Count),
                Parameter.Of((long)lane.Index),
                Parameter.Of(receivedBefore.UnixMilliseconds)),
            cancellation));

    public ValueTask<IReadOnlyDictionary<string, int>> ReadPartitionCountsAsync(CancellationToken cancellation) =>
        new(_server.ReadAsync<IReadOnlyDictionary<string, int>>(
            async session => (await session.QueryAsync(
                "SELECT name, partition_count FROM ingest.sources", rows => KeyValuePair.Create(rows.GetString(0), rows.GetInt32(1))))
                .ToDictionary(StringComparer.Ordinal),
            cancellation));

    public ValueTask<IReadOnlyList<Batch>> ReadPendingAsync(
        Lane lane, int limit, IReadOnlySet<BatchId> without, CancellationToken cancellation) =>
        new(_server.ReadAsync<IReadOnlyList<Batch>>(
            async session =>
            {
                var found = await session.QueryAsync(
                    $"{SealedBatch.Select} WHERE {IsOfLane} ORDER BY b.sealed_at, p.source, p.number, b.stream, b.from_seq LIMIT $3",
                    rows => SealedBatch.Read(rows).Batch,
                    Parameter.Of((long)lane.Count),
                    Parameter.Of((long)lane.Index),
                    Parameter.Of((long)limit + without.Count));
                return [.. found.Where(b => !without.Contains(b.Id)).Take(limit)];
            },
            cancellation));

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBatchAsync(Batch batch, CancellationToken cancellation) =>
        new BodyReader(_server, session => BodyLists.OfBatchAsync(session, batch)).ReadAsync(cancellation);

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBlocksAsync(
        PartitionId partition, LakeStream stream, long fromSeq, long toSeq, CancellationToken cancellation)
    {
        int? count = null;
        return new BodyReader(_server, ListAsync).ReadAsync(cancellation);

        async Task<BodyList> ListAsync(Session session)
        {
            var list = await BodyLists.OfUnsealedAsync(session, partition, stream, fromSeq, toSeq);
            count ??= list.Places.Count;
            return list.Places.Count == count
                ? list
                : throw new InvalidOperationException($"{partition} {stream}: blocks from seq {fromSeq} to {toSeq} were sealed while they were read.");
        }
    }

    public async IAsyncEnumerable<LedgerRow> ReadLedgerAsync(
        LakeHour from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var some in (await ReadPartitionsAsync(cancellation)).Chunk(PartitionsPerRead))
        {
            foreach (var row in await _server.ReadSnapshotAsync(session => LedgerReader.ReadAsync(session, some, from), cancellation))
                yield return row;
        }
    }

    public async IAsyncEnumerable<ShippedBatch> ReadShippedAsync(
        LakeHour from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var (key, _) in await ReadPartitionsAsync(cancellation))
        {
            var (stream, seq) = ((short)-1, 0L);
            List<ShippedBatch> rows;
            do
            {
                rows = await _server.ReadAsync(session => ReadShippedAsync(session, key, from, stream, seq), cancellation);
                foreach (var row in rows)
                {
                    yield return row;
                    (stream, seq) = ((short)row.Batch.Stream, row.Batch.FromSeq);
                }
            }
            while (rows.Count == ShippedPerRead);
        }
    }

    public ValueTask<JournalStatus> ReadStatusAsync(CancellationToken cancellation) => new(_server.ReadAsync(
        async session => (await session.QueryAsync(
            """
            SELECT
                COALESCE(sum(good_events + quarantine_events), 0)::bigint,
                COALESCE(sum(pending_events), 0)::bigint,
                COALESCE(sum(pending_batches), 0)::int,
                COALESCE(sum(good_bytes + quarantine_bytes + pending_bytes), 0)::bigint,
                least(min(good_oldest), min(quarantine_oldest), (SELECT min(received) FROM ingest.batches)),
                (SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'ingest'::regnamespace)
            FROM ingest.partitions
            """,
            rows => new JournalStatus(
                rows.GetInt64(0),
                rows.GetInt64(1),
                rows.GetInt32(2),
                rows.GetInt64(3),
                rows.IsDBNull(4) || rows.GetInt64(4) == StreamRun.None.UnixMilliseconds ? null : new Instant(rows.GetInt64(4)),
                rows.GetInt64(5))))[0],
        cancellation));

    private Task<List<(int Key, PartitionId Id)>> ReadPartitionsAsync(CancellationToken cancellation) => _server.ReadAsync(
        session => session.QueryAsync(
            "SELECT id, source, number FROM ingest.partitions ORDER BY source, number",
            rows => (rows.GetInt32(0), new PartitionId(rows.GetString(1), rows.GetInt32(2)))),
        cancellation);

    /// <summary>Confirmed batches of a partition behind a stream and seq.</summary>
    private static Task<List<ShippedBatch>> ReadShippedAsync(Session session, int partition, LakeHour from, short stream, long seq) => session.QueryAsync(
        $"""
        SELECT p.source, p.number, {SealedBatch.BatchColumns}, b.key, b.length, b.sha256, b.shipped_at
        FROM ingest.shipped b JOIN ingest.partitions p ON p.id = b.partition
        WHERE b.partition = $1 AND b.hour >= $2 AND (b.stream, b.from_seq) > ($3, $4)
        ORDER BY b.stream, b.from_seq
        LIMIT $5
        """,
        rows => new ShippedBatch(
            SealedBatch.ReadBatch(rows),
            new ShippedObject(rows.GetString(12), rows.GetInt64(13), rows.GetString(14), new Instant(rows.GetInt64(15)))),
        Parameter.Of(partition),
        Parameter.Of(from.Number),
        Parameter.Of(stream),
        Parameter.Of(seq),
        Parameter.Of((long)ShippedPerRead));
}
