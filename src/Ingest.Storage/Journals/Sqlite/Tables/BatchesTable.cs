using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>A sealed batch that the lake has not confirmed.</summary>
/// <param name="Partition">The partition's key.</param>
/// <param name="Batch">The batch.</param>
/// <param name="Received">When its first event was received.</param>
/// <param name="Position">Position of the first piece of its merged body, or of its last block where its blocks' own bodies ship.</param>
/// <param name="MergedPieces">Number of pieces, at consecutive positions; 0 where its blocks' own bodies ship.</param>
internal sealed record PendingBatch(int Partition, Batch Batch, Instant Received, long Position, int MergedPieces)
{
    public bool IsMerged => MergedPieces > 0;

    /// <summary>Rows of its bodies: pieces, or one of each block.</summary>
    public int Bodies => IsMerged ? MergedPieces : Batch.Blocks;
}

/// <summary>Sealed batches that wait for the lake.</summary>
internal sealed class BatchesTable(Database database)
{
    private const string Keyed =
        "b.partition, b.stream, b.from_seq, b.to_seq, b.hour, b.blocks, b.events, b.line_bytes, b.body_bytes, b.sealed_at, b.reason, b.received, b.position, b.merged_pieces, b.crc";

    private readonly Statement _insert = database.Prepare("INSERT INTO batches VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

    private readonly Statement _find = database.Prepare(
        $"SELECT {Keyed} FROM batches b WHERE b.partition=? AND b.stream=? AND b.from_seq=?");

    private readonly Statement _ofPartition = database.Prepare($"SELECT {Keyed} FROM batches b WHERE b.partition=?");

    private readonly Statement _byAge = database.Prepare(
        $"SELECT {Keyed} FROM batches b JOIN partitions p ON p.id = b.partition ORDER BY b.sealed_at, p.source, p.number, b.stream, b.from_seq");

    private readonly Statement _all = database.Prepare($"SELECT {Keyed} FROM batches b");
    private readonly Statement _delete = database.Prepare("DELETE FROM batches WHERE partition=? AND stream=? AND from_seq=?");
    private readonly Statement _oldest = database.Prepare("SELECT min(received) IS NOT NULL, min(received) FROM batches");

    public static uint ChecksumOf(PendingBatch pending)
    {
        var crc = new Crc32C();
        crc.Add("batches");
        crc.Add(pending.Partition);
        crc.AddBatch(pending.Batch);
        crc.Add(pending.Received.UnixMilliseconds);
        crc.Add(pending.Position);
        crc.Add(pending.MergedPieces);
        return crc.Value;
    }

    /// <returns>The row's checksum.</returns>
    public uint Insert(PendingBatch pending)
    {
        var batch = pending.Batch;
        var checksum = ChecksumOf(pending);
        _insert.Run(
            pending.Partition,
            (long)batch.Stream,
            batch.FromSeq,
            batch.ToSeq,
            batch.Hour.Number,
            batch.Blocks,
            batch.Events,
            batch.LineBytes,
            batch.BodyBytes,
            batch.SealedAt.UnixMilliseconds,
            (long)batch.Reason,
            pending.Received.UnixMilliseconds,
            pending.Position,
            pending.MergedPieces,
            checksum);
        return checksum;
    }

    public PendingBatch? Find(int partition, LakeStream stream, long fromSeq, PartitionsTable names)
    {
        using var rows = _find.Query(partition, (long)stream, fromSeq);
        return rows.Next() ? Read(rows, names) : null;
    }

    public List<PendingBatch> OfPartition(int partition, PartitionsTable names)
    {
        var found = new List<PendingBatch>();
        using var rows = _ofPartition.Query(partition);
        while (rows.Next())
            found.Add(Read(rows, names));
        return found;
    }

    /// <summary>Those of a lane, oldest first, as they ship. Read to the end, it must give as many as there are: a lost index entry would hide a batch for good.</summary>
    public List<Batch> ByAge(Lane lane, int limit, IReadOnlySet<BatchId> without, long count, PartitionsTable names)
    {
        var found = new List<Batch>();
        long seen = 0;
        using var rows = _byAge.Query();
        while (found.Count < limit)
        {
            if (!rows.Next())
            {
                return seen == count
                    ? found
                    : throw Damage.Row(database.Path, "batches", "index batches_by_age", $"it leads to {seen} batches, but {count} are pending");
            }

            seen++;
            var batch = Read(rows, names).Batch;
            if (lane.Holds(batch.Partition) && !without.Contains(batch.Id))
                found.Add(batch);
        }

        return found;
    }

    public RowSum ScanAll(PartitionsTable names, Action<PendingBatch> visit, Action<JournalCorruptException> damaged)
    {
        var sum = default(RowSum);
        _all.Scan(
            (in Statement.Rows rows) =>
            {
                var pending = Read(rows, names);
                sum = sum.With(ChecksumOf(pending));
                visit(pending);
            },
            damaged);
        return sum;
    }

    public void Delete(PendingBatch pending) => _delete.Run(pending.Partition, (long)pending.Batch.Stream, pending.Batch.FromSeq);

    public Instant? OldestReceived()
    {
        using var rows = _oldest.Query();
        return rows.Next() && rows.Int64(0) != 0 ? new Instant(rows.Int64(1)) : null;
    }

    private PendingBatch Read(in Statement.Rows rows, PartitionsTable names)
    {
        var partition = rows.Int32(0);
        var batch = BatchColumns.Read(rows, names.NameOf(partition));
        var pending = new PendingBatch(partition, batch, new Instant(rows.Int64(11)), rows.Int64(12), rows.Int32(13));
        if (rows.Int64(14) != ChecksumOf(pending))
            throw Damage.Row(database.Path, "batches", $"{JournalMessages.Name(batch.Id)} (partition id {partition})", "its checksum does not hold");

        return pending;
    }
}
