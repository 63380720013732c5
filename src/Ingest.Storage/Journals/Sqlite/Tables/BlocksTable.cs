using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// Blocks without their bodies, one small row each, so that sealing and recovery read many of them in few pages. A stream's
/// blocks up to its head's <see cref="UnsealedRun.First"/> belong to batches; those of merged batches are gone.
/// </summary>
internal sealed class BlocksTable(Database database)
{
    private const string Columns = "seq, stream, hour, events, line_bytes, body_bytes, received, position, crc, partition";

    private readonly Statement _insert = database.Prepare($"INSERT INTO blocks({Columns}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

    private readonly Statement _range = database.Prepare(
        $"SELECT {Columns} FROM blocks WHERE partition=? AND stream=? AND seq BETWEEN ? AND ? ORDER BY seq");

    private readonly Statement _all = database.Prepare($"SELECT {Columns} FROM blocks ORDER BY partition, stream, seq");
    private readonly Statement _delete = database.Prepare("DELETE FROM blocks WHERE partition=? AND stream=? AND seq BETWEEN ? AND ?");
    private readonly Statement _oldest = database.Prepare("SELECT min(received) IS NOT NULL, min(received) FROM blocks");

    public void Insert(int partition, in BlockInfo block, long position) => _insert.Run(
        block.Seq,
        (long)block.Stream,
        block.Hour.Number,
        block.Events,
        block.LineBytes,
        block.BodyBytes,
        block.Received.UnixMilliseconds,
        position,
        ChecksumOf(partition, block, position),
        partition);

    /// <summary>Blocks of a stream with seqs in a range, oldest first, until the visitor has enough.</summary>
    /// <param name="visit">Gets each block and the position of its body; false ends the reading.</param>
    public void Scan(int partition, LakeStream stream, long fromSeq, long toSeq, Func<BlockInfo, long, bool> visit)
    {
        using var rows = _range.Query(partition, (long)stream, fromSeq, toSeq);
        while (rows.Next())
        {
            var (_, block, position) = Read(rows);
            if (!visit(block, position))
                return;
        }
    }

    public void ScanAll(Action<int, BlockInfo, long> visit, Action<JournalCorruptException> damaged)
    {
        using var rows = _all.Query();
        while (rows.Next())
        {
            try
            {
                var (partition, block, position) = Read(rows);
                visit(partition, block, position);
            }
            catch (JournalCorruptException fault)
            {
                damaged(fault);
            }
        }
    }

    /// <summary>The unsealed blocks of a stream, checked against the head.</summary>
    public List<(BlockInfo Block, long Position)> ReadUnsealed(PartitionHead head, LakeStream stream)
    {
        var run = head.Unsealed(stream);
        var blocks = new List<(BlockInfo, long)>();
        if (run.Blocks == 0)
            return blocks;

        long events = 0;
        Scan(head.Key, stream, run.First, long.MaxValue, (block, position) =>
        {
            blocks.Add((block, position));
            events += block.Events;
            return true;
        });
        if (blocks.Count != run.Blocks || events != run.Events)
        {
            throw Damage.Row(
                database.Path,
                "blocks",
                $"partition {head.Id} (id {head.Key}), {stream}, from seq {run.First}",
                $"{blocks.Count} unsealed blocks with {events} events are there, but {run.Blocks} with {run.Events} were written");
        }

        return blocks;
    }

    /// <summary>When the oldest unsealed block of a partition was received; null where there is none.</summary>
    public Instant? OldestUnsealed(PartitionHead head)
    {
        Instant? oldest = null;
        foreach (var run in (ReadOnlySpan<(LakeStream Stream, long First)>)[(LakeStream.Good, head.Good.First), (LakeStream.Quarantine, head.Quarantine.First)])
        {
            Scan(head.Key, run.Stream, run.First, run.First, (block, _) =>
            {
                oldest = oldest is { } before ? Instant.Min(before, block.Received) : block.Received;
                return false;
            });
        }

        return oldest;
    }

    public void Delete(int partition, LakeStream stream, long fromSeq, long toSeq) =>
        _delete.Run(partition, (long)stream, fromSeq, toSeq);

    public Instant? OldestReceived()
    {
        using var rows = _oldest.Query();
        return rows.Next() && rows.Int64(0) != 0 ? new Instant(rows.Int64(1)) : null;
    }

    private (int Partition, BlockInfo Block, long Position) Read(in Statement.Rows rows)
    {
        var block = new BlockInfo(
            rows.Int64(0),
            (LakeStream)rows.Int64(1),
            new LakeHour(rows.Int32(2)),
            rows.Int32(3),
            rows.Int32(4),
            rows.Int32(5),
            new Instant(rows.Int64(6)));
        var (position, partition) = (rows.Int64(7), rows.Int32(9));
        if (rows.Int64(8) != ChecksumOf(partition, block, position))
            throw Damage.Row(database.Path, "blocks", $"partition id {partition}, {block.Stream}, seq {block.Seq}", "its checksum does not hold");

        return (partition, block, position);
    }

    private static uint ChecksumOf(int partition, in BlockInfo block, long position)
    {
        var crc = new Crc32C();
        crc.Add("blocks");
        crc.Add(partition);
        crc.Add(block.Seq);
        crc.Add((long)block.Stream);
        crc.Add(block.Hour.Number);
        crc.Add(block.Events);
        crc.Add(block.LineBytes);
        crc.Add(block.BodyBytes);
        crc.Add(block.Received.UnixMilliseconds);
        crc.Add(position);
        return crc.Value;
    }
}
