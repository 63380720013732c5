using System.Globalization;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>What is left of the bodies and blocks of a confirmed batch, or of one whose blocks were merged.</summary>
/// <param name="Position">Where the row stands: in the order in which they became free.</param>
/// <param name="Partition">The partition's key.</param>
/// <param name="Stream">The batch's stream.</param>
/// <param name="FromSeq">Seq of its oldest block.</param>
/// <param name="ToSeq">Seq of its newest block, which may be gone.</param>
/// <param name="Next">Position of the body that goes next: of the newest block that is left, or of the first piece that is left of a merged body.</param>
/// <param name="Rows">Blocks, each with its body, or pieces that are left.</param>
/// <param name="IsMerged">True for pieces: the blocks went when they were merged.</param>
/// <param name="BodyBytes">Bytes of the bodies that are left.</param>
internal sealed record FreedBatch(
    long Position, int Partition, LakeStream Stream, long FromSeq, long ToSeq, long Next, int Rows, bool IsMerged, long BodyBytes)
{
    public static FreedBatch Of(PendingBatch pending, long position) => new(
        position,
        pending.Partition,
        pending.Batch.Stream,
        pending.Batch.FromSeq,
        pending.Batch.ToSeq,
        pending.Position,
        pending.Bodies,
        pending.IsMerged,
        pending.Batch.BodyBytes);

    /// <summary>Checks that all that is left is there. Bodies of blocks are the caller's to check.</summary>
    /// <exception cref="JournalCorruptException">It is not.</exception>
    public void Verify(JournalTables tables)
    {
        var (oldest, bytes) = (FromSeq, 0L);
        if (IsMerged)
        {
            for (var i = 0; i < Rows; i++)
                bytes += tables.Bodies.LengthOf(Next + i);
        }
        else
        {
            var chain = tables.Blocks.Chain(Partition, Stream, Next, Rows, $"{this}, freed");
            oldest = chain[0].Block.Seq;
            bytes = chain.Sum(stored => (long)stored.Block.BodyBytes);
        }

        if (oldest != FromSeq || bytes != BodyBytes)
            throw Damaged(tables.Database, oldest, BodyBytes - bytes);
    }

    /// <summary>Where its rows lead is not where its batch begins, or they have not the bytes that were sealed.</summary>
    public JournalCorruptException Damaged(Database database, long oldest, long bytesLeft) => Damage.Row(
        database.Path, "freed", ToString(), string.Create(CultureInfo.InvariantCulture, $"its rows lead to seq {oldest}, and {bytesLeft} bytes of what was sealed are not among them"));

    public override string ToString() => $"partition id {Partition}, {Stream}, from seq {FromSeq}";
}

/// <summary>
/// Batches whose space is still to come back: deleting thousands of blocks with a confirmation, or with the seal of a merged batch, would keep
/// every other write waiting (<see cref="SpaceFreeing"/>). Few rows, each rewritten by every step until nothing is left of its batch.
/// </summary>
internal sealed class FreedTable(Database database)
{
    private const string Columns = "position, partition, stream, from_seq, to_seq, next_body, rows, is_merged, body_bytes, crc";

    private readonly Statement _write = database.Prepare($"INSERT OR REPLACE INTO freed({Columns}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    private readonly Statement _find = database.Prepare($"SELECT {Columns} FROM freed WHERE position=?");
    private readonly Statement _all = database.Prepare($"SELECT {Columns} FROM freed ORDER BY position");
    private readonly Statement _after = database.Prepare("SELECT position FROM freed WHERE position>? ORDER BY position LIMIT 1");
    private readonly Statement _delete = database.Prepare("DELETE FROM freed WHERE position=?");
    private readonly Statement _bytes = database.Prepare("SELECT coalesce(sum(body_bytes), 0) FROM freed");

    /// <summary>Adds a row, or puts it in the place of the one at its position.</summary>
    public void Write(FreedBatch freed) => _write.Run(
        freed.Position,
        freed.Partition,
        (long)freed.Stream,
        freed.FromSeq,
        freed.ToSeq,
        freed.Next,
        freed.Rows,
        freed.IsMerged ? 1 : 0,
        freed.BodyBytes,
        ChecksumOf(freed));

    /// <summary>The position of the first row behind a position; null where there is none.</summary>
    public long? PositionAfter(long position)
    {
        using var rows = _after.Query(position);
        return rows.Next() ? rows.Int64(0) : null;
    }

    /// <summary>The row at a position that has one.</summary>
    /// <exception cref="JournalCorruptException">Its checksum does not hold.</exception>
    public FreedBatch Read(long position)
    {
        using var rows = _find.Query(position);
        return rows.Next() ? Read(rows) : throw Damage.Row(database.Path, "freed", $"position {position}", "it is missing");
    }

    public void Delete(long position) => _delete.Run(position);

    public bool IsEmpty() => PositionAfter(0) is null;

    /// <summary>Bytes of bodies that are still to go. No checksum is verified: a damaged row here must not make the status unreadable.</summary>
    public long BodyBytes()
    {
        using var rows = _bytes.Query();
        rows.Next();
        return rows.Int64(0);
    }

    public void ScanAll(Action<FreedBatch> visit, Action<JournalCorruptException> damaged) => _all.Scan((in Statement.Rows rows) => visit(Read(rows)), damaged);

    private FreedBatch Read(in Statement.Rows rows)
    {
        var freed = new FreedBatch(
            rows.Int64(0),
            rows.Int32(1),
            (LakeStream)rows.Int64(2),
            rows.Int64(3),
            rows.Int64(4),
            rows.Int64(5),
            rows.Int32(6),
            rows.Int64(7) != 0,
            rows.Int64(8));
        return rows.Int64(9) == ChecksumOf(freed) ? freed : throw Damage.Row(database.Path, "freed", freed.ToString(), "its checksum does not hold");
    }

    private static uint ChecksumOf(FreedBatch freed)
    {
        var crc = new Crc32C();
        crc.Add("freed");
        crc.Add(freed.Position);
        crc.Add(freed.Partition);
        crc.Add((long)freed.Stream);
        crc.Add(freed.FromSeq);
        crc.Add(freed.ToSeq);
        crc.Add(freed.Next);
        crc.Add(freed.Rows);
        crc.Add(freed.IsMerged ? 1 : 0);
        crc.Add(freed.BodyBytes);
        return crc.Value;
    }
}
