using System.Buffers;
using System.Runtime.CompilerServices;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>The reads. Each step is one short snapshot; long answers are many steps.</summary>
public sealed partial class SqliteJournal
{
    /// <summary>Small bodies are read together up to this size: one turn of a reader for many of them.</summary>
    private const int ChunkBytes = 256 << 10;

    /// <summary>Partitions whose ledger or shipped batches are read in one snapshot.</summary>
    private const int PartitionsPerRead = 16;

    public ValueTask<PartitionSnapshot> ReadPartitionAsync(
        PartitionId partition, int idsMax, Instant idsSince, CancellationToken cancellation) =>
        _readers.ReadAsync(
            tables =>
            {
                var closed = tables.ClosedHour.Read();
                if (tables.Partitions.Find(partition) is not { } head)
                    return closed.Raise(PartitionSnapshot.Empty);

                var unsealed = tables.Blocks.ReadUnsealed(head, LakeStream.Good)
                    .Concat(tables.Blocks.ReadUnsealed(head, LakeStream.Quarantine))
                    .Select(stored => stored.Block)
                    .OrderBy(b => b.Seq)
                    .ToList();
                return closed.Raise(new PartitionSnapshot(
                    head.NextSeq, head.Clock, head.PartitionCount, unsealed, tables.Ids.Read(head, idsMax, idsSince)));
            },
            cancellation);

    public ValueTask<bool> WasRelayedAsync(string region, string key, string sha256, CancellationToken cancellation) =>
        _readers.ReadAsync(tables => tables.Relayed.Contains(region, key, sha256), cancellation);

    public ValueTask<LakeHour?> ReadClosedHourAsync(CancellationToken cancellation) =>
        _readers.ReadAsync(tables => tables.ClosedHour.Read().Last, cancellation);

    public ValueTask<IReadOnlyList<PartitionId>> ReadUnsealedPartitionsAsync(
        Lane lane, Instant receivedBefore, CancellationToken cancellation) =>
        _readers.ReadAsync<IReadOnlyList<PartitionId>>(
            tables =>
            [
                .. tables.Partitions.All()
                    .Where(h => lane.Holds(h.Id) && tables.Blocks.OldestUnsealed(h) < receivedBefore)
                    .Select(h => h.Id)
                    .Order(PartitionOrder.Instance),
            ],
            cancellation);

    public ValueTask<IReadOnlyDictionary<string, int>> ReadPartitionCountsAsync(CancellationToken cancellation) =>
        _readers.ReadAsync<IReadOnlyDictionary<string, int>>(
            tables => tables.Partitions.All()
                .Where(h => h.PartitionCount > 0)
                .GroupBy(h => h.Id.Source, h => h.PartitionCount, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.Max(), StringComparer.Ordinal),
            cancellation);

    public ValueTask<IReadOnlyList<Batch>> ReadPendingAsync(
        Lane lane, int limit, IReadOnlySet<BatchId> without, CancellationToken cancellation) =>
        _readers.ReadAsync<IReadOnlyList<Batch>>(
            tables => tables.Batches.ByAge(lane, limit, without, tables.Totals.Read().PendingBatches, tables.Partitions), cancellation);

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBatchAsync(
        Batch batch, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var positions = await _readers.ReadHereAsync(tables => BatchBodies.Positions(tables, FindPending(tables, batch)), cancellation);
        var chunks = ReadBodiesAsync(positions, tables => FindPending(tables, batch), cancellation);
        await foreach (var chunk in chunks)
            yield return chunk;
    }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBlocksAsync(
        PartitionId partition, LakeStream stream, long fromSeq, long toSeq, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var blocks = await _readers.ReadAsync(tables => Unsealed(tables).ToList(), cancellation);
        var chunks = ReadBodiesAsync(
            blocks.ConvertAll(b => b.Position),
            tables =>
            {
                if (Unsealed(tables).Count() != blocks.Count)
                    throw new InvalidOperationException($"{partition} {stream}: blocks from seq {fromSeq} to {toSeq} were sealed while they were read.");
            },
            cancellation);
        await foreach (var chunk in chunks)
            yield return chunk;

        IEnumerable<StoredBlock> Unsealed(JournalTables tables) =>
            tables.Partitions.Find(partition) is { } head
                ? tables.Blocks.ReadUnsealed(head, stream).Where(b => b.Block.Seq >= fromSeq && b.Block.Seq <= toSeq)
                : [];
    }

    public async IAsyncEnumerable<LedgerRow> ReadLedgerAsync(
        LakeHour from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var row in ReadByPartitionAsync((tables, id) => LedgerOf(tables, id, from), cancellation))
            yield return row;
    }

    public async IAsyncEnumerable<ShippedBatch> ReadShippedAsync(
        LakeHour from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var rows = ReadByPartitionAsync(
            (tables, id) => tables.Shipped.OfPartition(tables.Partitions.Find(id)!.Key, from, tables.Partitions), cancellation);
        await foreach (var row in rows)
            yield return row;
    }

    public ValueTask<JournalStatus> ReadStatusAsync(CancellationToken cancellation) => _readers.ReadAsync(
        tables =>
        {
            var totals = tables.Totals.Read();
            var oldest = new[] { OldestBlock(tables), tables.Batches.OldestReceived() }.OfType<Instant>().ToArray();
            return new JournalStatus(
                totals.UnsealedEvents,
                totals.PendingEvents,
                (int)totals.PendingBatches,
                Math.Max(0, totals.BacklogBytes - tables.Freed.BodyBytes()),
                oldest.Length == 0 ? null : oldest.Min(),
                (JournalFolder.LengthOf(_folder.Database) ?? 0) + (JournalFolder.LengthOf(_folder.Wal) ?? 0));
        },
        cancellation);

    /// <summary>
    /// When the oldest unsealed block was received, or an older one of a pending batch. Where confirmed batches have left blocks,
    /// which are the oldest, the heads lead to it.
    /// </summary>
    private static Instant? OldestBlock(JournalTables tables)
    {
        if (tables.Freed.IsEmpty())
            return tables.Blocks.OldestReceived();

        try
        {
            return tables.Partitions.All().Min(tables.Blocks.OldestUnsealed);
        }
        catch (JournalCorruptException)
        {
            // Whoever needs what is damaged says so. The status stays readable, and too old is better than nothing.
            return tables.Blocks.OldestReceived();
        }
    }

    private static PendingBatch FindPending(JournalTables tables, Batch batch) =>
        tables.Partitions.Find(batch.Partition) is { } head
        && tables.Batches.Find(head.Key, batch.Stream, batch.FromSeq, tables.Partitions) is { } pending
        && pending.Batch == batch
            ? pending
            : throw JournalMessages.NotPending(batch);

    private static List<LedgerRow> LedgerOf(JournalTables tables, PartitionId id, LakeHour from)
    {
        var head = tables.Partitions.Find(id)!;
        var pending = PendingEvents.ByHour(tables, head);
        var stored = new Dictionary<LakeHour, LedgerEntry>();
        foreach (var entry in tables.Ledger.From(head, from))
        {
            if (!stored.TryAdd(entry.Counts.Hour, entry))
                throw Damage.Row(tables.Database.Path, "ledger", $"{id}, hour {entry.Counts.Hour}", "the partition's head has counts of the same hour: one of the two is of an older state");
        }

        return
        [
            .. stored.Keys.Concat(pending.Keys.Where(h => h >= from)).Distinct().Order().Select(hour =>
            {
                var entry = stored.GetValueOrDefault(hour, LedgerEntry.Empty(hour));
                var rest = pending.GetValueOrDefault(hour);
                return new LedgerRow(id, entry.Counts, entry.ShippedGood, entry.ShippedQuarantined, rest.Good, rest.Quarantined);
            }),
        ];
    }

    /// <summary>Reads bodies by position, in chunks, where the caller runs: it may be much, and counts as the caller's work.</summary>
    /// <param name="positions">Where they stand, in order.</param>
    /// <param name="requireUnchanged">Called where a body is missing: throws when the caller's blocks are gone for a good reason.</param>
    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBodiesAsync(
        List<long> positions, Action<JournalTables> requireUnchanged, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var chunk = new ArrayBufferWriter<byte>();
        for (var next = 0; next < positions.Count;)
        {
            chunk.ResetWrittenCount();
            var first = next;
            next = await _readers.ReadHereAsync(tables => ReadChunk(tables, first), cancellation);
            yield return chunk.WrittenMemory;
        }

        int ReadChunk(JournalTables tables, int at)
        {
            for (; at < positions.Count && chunk.WrittenCount < ChunkBytes; at++)
            {
                if (!tables.Bodies.Read(positions[at], chunk))
                {
                    requireUnchanged(tables);
                    throw tables.Bodies.Missing(positions[at]);
                }
            }

            return at;
        }
    }

    private async IAsyncEnumerable<T> ReadByPartitionAsync<T>(
        Func<JournalTables, PartitionId, List<T>> read, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var partitions = await _readers.ReadAsync(
            tables => tables.Partitions.All().Select(h => h.Id).Order(PartitionOrder.Instance).ToArray(), cancellation);
        foreach (var some in partitions.Chunk(PartitionsPerRead))
        {
            var rows = await _readers.ReadAsync(tables => some.SelectMany(id => read(tables, id)).ToList(), cancellation);
            foreach (var row in rows)
                yield return row;
        }
    }
}
