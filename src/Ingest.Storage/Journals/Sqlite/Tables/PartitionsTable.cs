using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// The heads of all partitions, one row each, which are never deleted. Where <see cref="NewHeadsTable"/> has newer ones of a
/// partition, the newest of them counts, here and wherever this gives a head.
/// </summary>
internal sealed class PartitionsTable(Database database)
{
    private const string Columns = $"id, source, number, {HeadColumns.Names}";

    private readonly NewHeadsTable _newer = new(database);
    private readonly Statement _byName = database.Prepare($"SELECT {Columns} FROM partitions WHERE source=? AND number=?");
    private readonly Statement _byKey = database.Prepare($"SELECT {Columns} FROM partitions WHERE id=?");
    private readonly Statement _all = database.Prepare($"SELECT {Columns} FROM partitions ORDER BY id");

    private readonly Statement _insert = database.Prepare(
        $"INSERT INTO partitions({HeadColumns.Names}, id, source, number) VALUES({HeadColumns.Parameters}, {HeadColumns.Key}, ?28, ?29)");

    private readonly Statement _update = database.Prepare(
        $"UPDATE partitions SET ({HeadColumns.Names}) = ({HeadColumns.Parameters}) WHERE id={HeadColumns.Key}");

    /// <summary>Names never change, so one read and check of each is enough for this connection.</summary>
    private readonly Dictionary<int, PartitionId> _names = [];

    public static RowSum SumOf(IEnumerable<PartitionHead> heads) =>
        heads.Aggregate(default(RowSum), (sum, head) => sum.With(HeadColumns.ChecksumOf(head)));

    public PartitionHead? Find(PartitionId id) =>
        FindFolded(id) is { } folded ? _newer.NewestOf(folded.Key, folded.Id) ?? folded : null;

    public List<PartitionHead> All()
    {
        var heads = new List<PartitionHead>();
        using (var rows = _all.Query())
        {
            while (rows.Next())
                heads.Add(Read(rows));
        }

        var newer = _newer.Newest(this);
        for (var i = 0; i < heads.Count && newer.Count > 0; i++)
        {
            if (newer.Remove(heads[i].Key, out var head))
                heads[i] = head;
        }

        return newer.Count == 0 ? heads : throw Missing(newer.Keys.First());
    }

    /// <exception cref="Ingest.Engine.JournalCorruptException">The index does not lead from every name to its row: the partition would look as if it had never been written.</exception>
    public void VerifyNames(List<PartitionHead> heads)
    {
        foreach (var head in heads)
        {
            if (Find(head.Id) != head)
                throw Damage.Row(database.Path, "partitions", $"{head.Id} (id {head.Key})", "the index of names does not lead to it, or that of newer heads to its newest");
        }
    }

    public PartitionId NameOf(int key)
    {
        if (_names.TryGetValue(key, out var known))
            return known;

        using var rows = _byKey.Query(key);
        if (!rows.Next())
            throw Missing(key);

        return _names[key] = Read(rows).Id;
    }

    /// <summary>Adds a partition.</summary>
    /// <returns>The row's checksum.</returns>
    public uint Insert(PartitionHead head) => HeadColumns.Write(_insert.Bind(28, head.Id.Source).Bind(29, head.Id.Number), head);

    /// <summary>Puts a newer head aside, to be folded later.</summary>
    /// <returns>The row's checksum.</returns>
    public uint Append(PartitionHead head, long position) => _newer.Insert(head, position);

    /// <summary>The keys of all rows that wait to be folded, as often as there are rows.</summary>
    public List<int> Newer() => _newer.Keys();

    /// <summary>Puts heads into their rows; all newer ones that were put aside go. So these must be the newest of each of those.</summary>
    public void Fold(IEnumerable<PartitionHead> heads)
    {
        foreach (var head in heads)
        {
            HeadColumns.Write(_update, head);
            if (database.Changes != 1)
                throw Damage.Row(database.Path, "partitions", $"{head.Id} (id {head.Key})", "it is missing");
        }

        _newer.Clear();
    }

    private PartitionHead? FindFolded(PartitionId id)
    {
        using var rows = _byName.Bind(1, id.Source).Bind(2, id.Number).Query();
        return rows.Next() ? Read(rows) : null;
    }

    private PartitionHead Read(in Statement.Rows rows)
    {
        var (key, id) = (rows.Int32(0), new PartitionId(rows.Text(1), rows.Int32(2)));
        return HeadColumns.TryRead(rows, 3, key, id, out var head)
            ? head
            : throw Damage.Row(database.Path, "partitions", $"{id} (id {key})", "its checksum does not hold");
    }

    private JournalCorruptException Missing(int key) =>
        Damage.Row(database.Path, "partitions", $"id {key}", "it is missing, but other tables name it");
}
