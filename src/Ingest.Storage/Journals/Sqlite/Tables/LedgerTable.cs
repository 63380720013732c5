using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>Counts by partition and hour, but for those of the hour that a partition writes to: its head has them (<see cref="PartitionHead.Ledger"/>).</summary>
internal sealed class LedgerTable(Database database)
{
    private const string Columns = $"partition, hour, {LedgerColumns.Names}, crc";

    private readonly Statement _write = database.Prepare(
        $"INSERT OR REPLACE INTO ledger({Columns}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

    private readonly Statement _find = database.Prepare($"SELECT {Columns} FROM ledger WHERE partition=? AND hour=?");

    private readonly Statement _from = database.Prepare($"SELECT {Columns} FROM ledger WHERE partition=? AND hour>=?");
    private readonly Statement _before = database.Prepare($"SELECT {Columns} FROM ledger WHERE partition=? AND hour<?");

    private readonly Statement _all = database.Prepare($"SELECT {Columns} FROM ledger");
    private readonly Statement _delete = database.Prepare("DELETE FROM ledger WHERE partition=? AND hour=?");

    public LedgerEntry? Find(int partition, LakeHour hour)
    {
        using var rows = _find.Query(partition, hour.Number);
        return rows.Next() ? Read(rows) : null;
    }

    public void Write(int partition, in LedgerEntry entry) => _write.Run(
        partition,
        entry.Counts.Hour.Number,
        entry.Counts.Received,
        entry.Counts.Good,
        entry.Counts.Quarantined,
        entry.Counts.Duplicates,
        entry.Counts.Refused,
        entry.ShippedGood,
        entry.ShippedQuarantined,
        ChecksumOf(partition, entry));

    public void Delete(int partition, LakeHour hour) => _delete.Run(partition, hour.Number);

    /// <summary>Entries of hours from <paramref name="from"/> on, with that of the head.</summary>
    public List<LedgerEntry> From(PartitionHead head, LakeHour from) => Read(_from, head, from, hour => hour >= from);

    /// <summary>Entries of hours before <paramref name="before"/>, with that of the head.</summary>
    public List<LedgerEntry> Before(PartitionHead head, LakeHour before) => Read(_before, head, before, hour => hour < before);

    public long ScanAll(Action<JournalCorruptException> damaged) => _all.Scan((in Statement.Rows rows) => Read(rows), damaged);

    private List<LedgerEntry> Read(Statement statement, PartitionHead head, LakeHour bound, Func<LakeHour, bool> holds)
    {
        var found = new List<LedgerEntry>();
        using var rows = statement.Query(head.Key, bound.Number);
        while (rows.Next())
            found.Add(Read(rows));
        if (head.Ledger is { } own && holds(own.Counts.Hour))
            found.Add(own);
        return found;
    }

    private LedgerEntry Read(in Statement.Rows rows)
    {
        var (partition, entry) = (rows.Int32(0), LedgerColumns.Read(rows, 1));
        if (rows.Int64(9) != ChecksumOf(partition, entry))
            throw Damage.Row(database.Path, "ledger", $"partition id {partition}, hour {entry.Counts.Hour}", "its checksum does not hold");

        return entry;
    }

    private static uint ChecksumOf(int partition, in LedgerEntry entry)
    {
        var crc = new Crc32C();
        crc.Add("ledger");
        crc.Add(partition);
        crc.Add(entry.Counts.Hour.Number);
        crc.AddCounts(entry);
        return crc.Value;
    }
}
