using System.Globalization;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>A block as it is stored.</summary>
/// <param name="Partition">The partition's key.</param>
/// <param name="Block">The block without its body.</param>
/// <param name="Position">Where it stands, and its body in <see cref="BodiesTable"/>.</param>
/// <param name="Previous">Position of the block before it in its partition and stream; 0 where all before it were sealed, or there was none. Where it was sealed it may be gone.</param>
internal readonly record struct StoredBlock(int Partition, BlockInfo Block, long Position, long Previous);

/// <summary>
/// Blocks without their bodies, one small row each, in order of arrival as their bodies are: clustered by partition, each
/// would rewrite a page of its own. The unsealed ones of a stream are a chain from its head's <see cref="UnsealedRun.Newest"/>
/// on, those of a batch one from its last, also once it is confirmed or merged and as long as some are left
/// (<see cref="FreedTable"/>).
/// </summary>
internal sealed class BlocksTable(Database database)
{
    private const string Columns = $"{BlockColumns.Names}, position, previous, crc, partition";

    private readonly Statement _insert = database.Prepare($"INSERT INTO blocks({Columns}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    private readonly Statement _find = database.Prepare($"SELECT {Columns} FROM blocks WHERE position=?");
    private readonly Statement _all = database.Prepare($"SELECT {Columns} FROM blocks ORDER BY position");
    private readonly Statement _delete = database.Prepare("DELETE FROM blocks WHERE position=?");
    private readonly Statement _oldest = database.Prepare("SELECT received FROM blocks ORDER BY received LIMIT 1");

    public void Insert(in StoredBlock stored)
    {
        var block = stored.Block;
        _insert.Run(
            block.Seq,
            (long)block.Stream,
            block.Hour.Number,
            block.Events,
            block.LineBytes,
            block.BodyBytes,
            block.Received.UnixMilliseconds,
            stored.Position,
            stored.Previous,
            ChecksumOf(stored),
            stored.Partition);
    }

    /// <summary>So many blocks of a stream up to the one at a position, oldest first.</summary>
    /// <param name="partition">The partition's key.</param>
    /// <param name="stream">Their stream.</param>
    /// <param name="last">Position of the last.</param>
    /// <param name="count">How many.</param>
    /// <param name="expected">Names them in the message where one is missing.</param>
    /// <exception cref="Ingest.Engine.JournalCorruptException">One is missing, damaged, or not of this stream.</exception>
    public List<StoredBlock> Chain(int partition, LakeStream stream, long last, long count, string expected)
    {
        var chain = new List<StoredBlock>();
        var (position, before) = (last, long.MaxValue);
        while (chain.Count < count)
        {
            if (position == 0 || Find(position) is not { } stored || stored.Partition != partition || stored.Block.Stream != stream || stored.Block.Seq >= before)
            {
                throw Damage.Row(
                    database.Path,
                    "blocks",
                    expected,
                    string.Create(CultureInfo.InvariantCulture, $"only the last {chain.Count} of {count} blocks are there: position {position} is missing, or is of another block"));
            }

            chain.Add(stored);
            (position, before) = (stored.Previous, stored.Block.Seq);
        }

        chain.Reverse();
        return chain;
    }

    /// <summary>The unsealed blocks of a stream, oldest first, checked against the head.</summary>
    public List<StoredBlock> ReadUnsealed(PartitionHead head, LakeStream stream)
    {
        var run = head.Unsealed(stream);
        if (run.Blocks == 0)
            return [];

        var expected = $"partition {head.Id} (id {head.Key}), {stream}, from seq {run.First}";
        var blocks = Chain(head.Key, stream, run.Newest, run.Blocks, expected);
        var events = blocks.Sum(stored => (long)stored.Block.Events);
        if (blocks[0].Block.Seq != run.First || blocks[0].Position != run.Oldest || events != run.Events)
        {
            throw Damage.Row(
                database.Path,
                "blocks",
                expected,
                $"the {run.Blocks} unsealed blocks begin with seq {blocks[0].Block.Seq} and hold {events} events, but {run.Events} were written");
        }

        return blocks;
    }

    /// <summary>The oldest of the newest unsealed blocks of a stream, where the one before it is known.</summary>
    /// <param name="head">The partition.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="blocks">How many they are.</param>
    /// <param name="before">Position of the block before them.</param>
    public StoredBlock OldestOfRest(PartitionHead head, LakeStream stream, long blocks, long before)
    {
        var expected = $"partition {head.Id} (id {head.Key}), {stream}, behind position {before}";
        var oldest = Chain(head.Key, stream, head.Unsealed(stream).Newest, blocks, expected)[0];
        return oldest.Previous == before
            ? oldest
            : throw Damage.Row(database.Path, "blocks", expected, $"position {oldest.Position} names {oldest.Previous} as the one before it");
    }

    /// <summary>When the oldest unsealed block of a partition was received; null where there is none.</summary>
    public Instant? OldestUnsealed(PartitionHead head)
    {
        Instant? oldest = null;
        foreach (var stream in (ReadOnlySpan<LakeStream>)[LakeStream.Good, LakeStream.Quarantine])
        {
            var run = head.Unsealed(stream);
            if (run.Blocks == 0)
                continue;

            var received = Chain(head.Key, stream, run.Oldest, 1, $"partition {head.Id} (id {head.Key}), {stream}, seq {run.First}")[0].Block.Received;
            oldest = oldest is { } before ? Instant.Min(before, received) : received;
        }

        return oldest;
    }

    /// <returns>How many rows there are.</returns>
    public long ScanAll(Action<StoredBlock> visit, Action<JournalCorruptException> damaged) => _all.Scan((in Statement.Rows rows) => visit(Read(rows)), damaged);

    public void Delete(long position) => _delete.Run(position);

    /// <summary>When the oldest block was received, be it confirmed; null where there is none.</summary>
    public Instant? OldestReceived()
    {
        using var rows = _oldest.Query();
        return rows.Next() ? new Instant(rows.Int64(0)) : null;
    }

    private StoredBlock? Find(long position)
    {
        using var rows = _find.Query(position);
        return rows.Next() ? Read(rows) : null;
    }

    private StoredBlock Read(in Statement.Rows rows)
    {
        var block = BlockColumns.Read(rows);
        var stored = new StoredBlock(rows.Int32(10), block, rows.Int64(7), rows.Int64(8));
        if (rows.Int64(9) != ChecksumOf(stored))
            throw Damage.Row(database.Path, "blocks", $"partition id {stored.Partition}, {block.Stream}, seq {block.Seq}", "its checksum does not hold");

        return stored;
    }

    private static uint ChecksumOf(in StoredBlock stored)
    {
        var crc = new Crc32C();
        crc.Add("blocks");
        crc.Add(stored.Partition);
        crc.AddBlock(stored.Block);
        crc.Add(stored.Position);
        crc.Add(stored.Previous);
        return crc.Value;
    }
}
