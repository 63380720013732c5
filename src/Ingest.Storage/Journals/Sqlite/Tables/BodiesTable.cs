using System.Buffers;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// The bytes of blocks and of merged batches, by position: a number that only grows, so that inserts go to the right edge of
/// the tree and a commit writes its bodies in sequence, whatever the number of partitions.
/// </summary>
internal sealed class BodiesTable(Database database)
{
    /// <summary>A merged body is cut into rows of this size at most, so that reading one never holds more: 1 MiB.</summary>
    public const int PieceBytesMax = 1 << 20;

    private readonly Statement _insert = database.Prepare("INSERT INTO bodies(crc, position, body) VALUES(?, ?, ?)");
    private readonly Statement _read = database.Prepare("SELECT crc, body FROM bodies WHERE position=?");
    private readonly Statement _exists = database.Prepare("SELECT 1 FROM bodies WHERE position=?");
    private readonly Statement _length = database.Prepare("SELECT length(body) FROM bodies WHERE position=?");
    private readonly Statement _delete = database.Prepare("DELETE FROM bodies WHERE position=?");
    private readonly Statement _all = database.Prepare("SELECT position, crc, body FROM bodies ORDER BY position");

    /// <param name="crcOfBody"><see cref="Crc32C"/> over the body, computed by the caller on its own thread.</param>
    public void Insert(long position, Crc32C crcOfBody, ReadOnlySpan<byte> body) =>
        _insert.Bind(3, body).Run(ChecksumOf(crcOfBody, position), position);

    /// <summary>Adds a body to a buffer.</summary>
    /// <returns>False where there is no such row.</returns>
    public bool Read(long position, ArrayBufferWriter<byte> buffer)
    {
        using var rows = _read.Query(position);
        if (!rows.Next())
            return false;

        var body = rows.Blob(1);
        Verify(position, rows.Int64(0), body);
        buffer.Write(body);
        return true;
    }

    public bool Exists(long position)
    {
        using var rows = _exists.Query(position);
        return rows.Next();
    }

    /// <summary>Bytes of a body. Reads the row's first page alone.</summary>
    /// <exception cref="JournalCorruptException">There is no such row.</exception>
    public int LengthOf(long position)
    {
        using var rows = _length.Query(position);
        return rows.Next() ? rows.Int32(0) : throw Missing(position);
    }

    public void Delete(long position)
    {
        _delete.Run(position);
        if (database.Changes != 1)
            throw Missing(position);
    }

    /// <summary>Visits every row; what is damaged is reported, not thrown.</summary>
    public void Scan(Action<long, int> visit, Action<JournalCorruptException> damaged) => _all.Scan(
        (in Statement.Rows rows) =>
        {
            var (position, body) = (rows.Int64(0), rows.Blob(2).Length);
            visit(position, body);
            Verify(position, rows.Int64(1), rows.Blob(2));
        },
        damaged);

    public JournalCorruptException Missing(long position) =>
        Damage.Row(database.Path, "bodies", $"position {position}", "it is missing, but a block or batch names it");

    private void Verify(long position, long stored, ReadOnlySpan<byte> body)
    {
        var crc = new Crc32C();
        crc.Add(body);
        if (stored != ChecksumOf(crc, position))
            throw Damage.Row(database.Path, "bodies", $"position {position}", "its checksum does not hold");
    }

    private static uint ChecksumOf(Crc32C body, long position)
    {
        body.Add(position);
        return body.Value;
    }
}
