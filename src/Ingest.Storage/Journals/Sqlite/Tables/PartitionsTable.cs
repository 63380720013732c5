using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>One <see cref="PartitionHead"/> a row; rows are never deleted.</summary>
internal sealed class PartitionsTable(Database database)
{
    private const string Columns =
        "id, source, number, next_seq, clock, ids_newest, ids_forgotten, good_first, good_blocks, good_events, quarantine_first, quarantine_blocks, quarantine_events, partition_count, crc";

    private readonly Statement _byName = database.Prepare($"SELECT {Columns} FROM partitions WHERE source=? AND number=?");
    private readonly Statement _byKey = database.Prepare($"SELECT {Columns} FROM partitions WHERE id=?");
    private readonly Statement _all = database.Prepare($"SELECT {Columns} FROM partitions ORDER BY id");

    private readonly Statement _insert = database.Prepare(
        $"INSERT INTO partitions({Columns}) VALUES(?4, ?14, ?15, ?1, ?2, ?3, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");

    private readonly Statement _update = database.Prepare(
        "UPDATE partitions SET next_seq=?1, clock=?2, ids_newest=?3, ids_forgotten=?5, good_first=?6, good_blocks=?7, good_events=?8, " +
        "quarantine_first=?9, quarantine_blocks=?10, quarantine_events=?11, partition_count=?12, crc=?13 WHERE id=?4");

    /// <summary>Names never change, so one read and check of each is enough for this connection.</summary>
    private readonly Dictionary<int, PartitionId> _names = [];

    public static RowSum SumOf(IEnumerable<PartitionHead> heads) =>
        heads.Aggregate(default(RowSum), (sum, head) => sum.With(ChecksumOf(head)));

    public PartitionHead? Find(PartitionId id)
    {
        using var rows = _byName.Bind(1, id.Source).Bind(2, id.Number).Query();
        return rows.Next() ? Read(rows) : null;
    }

    public List<PartitionHead> All()
    {
        var heads = new List<PartitionHead>();
        using var rows = _all.Query();
        while (rows.Next())
            heads.Add(Read(rows));
        return heads;
    }

    /// <exception cref="Ingest.Engine.JournalCorruptException">The index does not lead from every name to its row: the partition would look as if it had never been written.</exception>
    public void VerifyNames(List<PartitionHead> heads)
    {
        foreach (var head in heads)
        {
            if (Find(head.Id) != head)
                throw Damage.Row(database.Path, "partitions", $"{head.Id} (id {head.Key})", "the index of names does not lead to it");
        }
    }

    public PartitionId NameOf(int key)
    {
        if (_names.TryGetValue(key, out var known))
            return known;

        using var rows = _byKey.Query(key);
        if (!rows.Next())
            throw Damage.Row(database.Path, "partitions", $"id {key}", "it is missing, but other tables name it");

        return _names[key] = Read(rows).Id;
    }

    /// <returns>The row's checksum.</returns>
    public uint Insert(PartitionHead head)
    {
        _insert.Bind(14, head.Id.Source).Bind(15, head.Id.Number);
        return Write(_insert, head);
    }

    /// <returns>The row's new checksum.</returns>
    public uint Update(PartitionHead head)
    {
        var checksum = Write(_update, head);
        return database.Changes == 1
            ? checksum
            : throw Damage.Row(database.Path, "partitions", $"{head.Id} (id {head.Key})", "it is missing");
    }

    private static uint Write(Statement statement, PartitionHead head)
    {
        var checksum = ChecksumOf(head);
        statement.Run(
            head.NextSeq,
            head.Clock.UnixMilliseconds,
            head.IdsNewest,
            head.Key,
            head.IdsForgotten,
            head.Good.First,
            head.Good.Blocks,
            head.Good.Events,
            head.Quarantine.First,
            head.Quarantine.Blocks,
            head.Quarantine.Events,
            head.PartitionCount,
            checksum);
        return checksum;
    }

    private PartitionHead Read(in Statement.Rows rows)
    {
        var head = new PartitionHead(
            rows.Int32(0),
            new PartitionId(rows.Text(1), rows.Int32(2)),
            rows.Int64(3),
            new Instant(rows.Int64(4)),
            rows.Int32(13),
            rows.Int64(5),
            rows.Int64(6),
            new UnsealedRun(rows.Int64(7), rows.Int64(8), rows.Int64(9)),
            new UnsealedRun(rows.Int64(10), rows.Int64(11), rows.Int64(12)));
        if (rows.Int64(14) != ChecksumOf(head))
            throw Damage.Row(database.Path, "partitions", $"{head.Id} (id {head.Key})", "its checksum does not hold");

        return head;
    }

    public static uint ChecksumOf(PartitionHead head)
    {
        var crc = new Crc32C();
        crc.Add("partitions");
        crc.Add(head.Key);
        crc.Add(head.Id.Source);
        crc.Add(head.Id.Number);
        crc.Add(head.NextSeq);
        crc.Add(head.Clock.UnixMilliseconds);
        crc.Add(head.IdsNewest);
        crc.Add(head.IdsForgotten);
        crc.Add(head.Good.First);
        crc.Add(head.Good.Blocks);
        crc.Add(head.Good.Events);
        crc.Add(head.Quarantine.First);
        crc.Add(head.Quarantine.Blocks);
        crc.Add(head.Quarantine.Events);
        if (head.PartitionCount != 0) // Rows of version 1 have none.
            crc.Add(head.PartitionCount);
        return crc.Value;
    }
}
