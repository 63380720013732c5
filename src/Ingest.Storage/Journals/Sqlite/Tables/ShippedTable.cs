using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>Batches that the lake confirmed, kept for the audit after their bodies are gone.</summary>
internal sealed class ShippedTable(Database database)
{
    private const string Columns =
        "partition, stream, from_seq, to_seq, hour, blocks, events, line_bytes, body_bytes, sealed_at, reason, length, shipped_at, crc, key, sha256";

    private readonly Statement _insert = database.Prepare(
        $"INSERT INTO shipped({Columns}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

    private readonly Statement _exists = database.Prepare("SELECT 1 FROM shipped WHERE partition=? AND stream=? AND from_seq=?");

    private readonly Statement _ofPartition = database.Prepare(
        $"SELECT {Columns} FROM shipped WHERE partition=? AND hour>=? ORDER BY stream, from_seq");

    private readonly Statement _all = database.Prepare($"SELECT {Columns} FROM shipped");
    private readonly Statement _forget = database.Prepare("DELETE FROM shipped WHERE partition=? AND hour<?");

    public void Insert(int partition, ShippedBatch shipped)
    {
        var (batch, stored) = (shipped.Batch, shipped.Object);
        _insert.Bind(15, stored.Key).Bind(16, stored.Sha256).Run(
            partition,
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
            stored.Length,
            stored.ShippedAt.UnixMilliseconds,
            ChecksumOf(partition, shipped));
    }

    public bool Exists(int partition, LakeStream stream, long fromSeq)
    {
        using var rows = _exists.Query(partition, (long)stream, fromSeq);
        return rows.Next();
    }

    public List<ShippedBatch> OfPartition(int partition, LakeHour from, PartitionsTable names)
    {
        var found = new List<ShippedBatch>();
        using var rows = _ofPartition.Query(partition, from.Number);
        while (rows.Next())
            found.Add(Read(rows, names));
        return found;
    }

    /// <returns>How many rows went.</returns>
    public int Forget(int partition, LakeHour before)
    {
        _forget.Run(partition, before.Number);
        return database.Changes;
    }

    public long ScanAll(PartitionsTable names, Action<JournalCorruptException> damaged) => _all.Scan((in Statement.Rows rows) => Read(rows, names), damaged);

    private ShippedBatch Read(in Statement.Rows rows, PartitionsTable names)
    {
        var partition = rows.Int32(0);
        var batch = BatchColumns.Read(rows, names.NameOf(partition));
        var shipped = new ShippedBatch(
            batch, new ShippedObject(rows.Text(14), rows.Int64(11), rows.Text(15), new Instant(rows.Int64(12))));
        if (rows.Int64(13) != ChecksumOf(partition, shipped))
            throw Damage.Row(database.Path, "shipped", $"{JournalMessages.Name(batch.Id)} (partition id {partition})", "its checksum does not hold");

        return shipped;
    }

    private static uint ChecksumOf(int partition, ShippedBatch shipped)
    {
        var crc = new Crc32C();
        crc.Add("shipped");
        crc.Add(partition);
        crc.AddBatch(shipped.Batch);
        crc.Add(shipped.Object.Key);
        crc.Add(shipped.Object.Length);
        crc.Add(shipped.Object.Sha256);
        crc.Add(shipped.Object.ShippedAt.UnixMilliseconds);
        return crc.Value;
    }
}
