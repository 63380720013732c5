using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// Heads that commits left, in the order of their commits, until they are folded into <see cref="PartitionsTable"/> all at
/// once. A commit of sixty appends of sixty partitions would else rewrite some sixty pages; here they stand side by side in three.
/// </summary>
internal sealed class NewHeadsTable(Database database)
{
    private const string Columns = $"partition, {HeadColumns.Names}";

    private readonly Statement _insert = database.Prepare(
        $"INSERT INTO new_heads({HeadColumns.Names}, partition, position) VALUES({HeadColumns.Parameters}, {HeadColumns.Key}, ?28)");

    private readonly Statement _newest = database.Prepare($"SELECT {Columns} FROM new_heads WHERE partition=? ORDER BY position DESC LIMIT 1");
    private readonly Statement _all = database.Prepare($"SELECT {Columns} FROM new_heads ORDER BY position");
    private readonly Statement _keys = database.Prepare("SELECT partition FROM new_heads ORDER BY position");
    private readonly Statement _clear = database.Prepare("DELETE FROM new_heads");

    /// <returns>The row's checksum.</returns>
    public uint Insert(PartitionHead head, long position) => HeadColumns.Write(_insert.Bind(28, position), head);

    public PartitionHead? NewestOf(int key, PartitionId id)
    {
        using var rows = _newest.Query(key);
        return rows.Next() ? Read(rows, id) : null;
    }

    /// <summary>The newest of each partition, by key.</summary>
    public Dictionary<int, PartitionHead> Newest(PartitionsTable names)
    {
        var newest = new Dictionary<int, PartitionHead>();
        using var rows = _all.Query();
        while (rows.Next())
        {
            var head = Read(rows, names.NameOf(rows.Int32(0)));
            newest[head.Key] = head;
        }

        return newest;
    }

    public List<int> Keys()
    {
        var keys = new List<int>();
        using var rows = _keys.Query();
        while (rows.Next())
            keys.Add(rows.Int32(0));
        return keys;
    }

    public void Clear() => _clear.Run();

    private PartitionHead Read(in Statement.Rows rows, PartitionId id)
    {
        var key = rows.Int32(0);
        return HeadColumns.TryRead(rows, 1, key, id, out var head)
            ? head
            : throw Damage.Row(database.Path, "new_heads", $"{id} (id {key}), next seq {head.NextSeq}", "its checksum does not hold");
    }
}
