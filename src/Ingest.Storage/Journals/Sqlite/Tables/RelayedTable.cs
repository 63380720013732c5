using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>Relay objects that were delivered whole, kept as long as the ledger.</summary>
internal sealed class RelayedTable(Database database)
{
    private readonly Statement _insert = database.Prepare("INSERT OR IGNORE INTO relayed(delivered_at, crc, region, key, sha256) VALUES(?1, ?2, ?3, ?4, ?5)");
    private readonly Statement _find = database.Prepare("SELECT delivered_at, crc FROM relayed WHERE region=?1 AND key=?2 AND sha256=?3");
    private readonly Statement _all = database.Prepare("SELECT delivered_at, crc, region, key, sha256 FROM relayed");

    private readonly Statement _forget = database.Prepare(
        "DELETE FROM relayed WHERE id IN (SELECT id FROM relayed WHERE delivered_at<?1 LIMIT ?2)");

    /// <summary>Adds one; one that is there stays as it is.</summary>
    public void Insert(RelayedObject relayed) =>
        _insert.Bind(3, relayed.Region).Bind(4, relayed.Key).Bind(5, relayed.Sha256).Run(relayed.DeliveredAt.UnixMilliseconds, ChecksumOf(relayed));

    public bool Contains(string region, string key, string sha256)
    {
        using var rows = _find.Bind(1, region).Bind(2, key).Bind(3, sha256).Query();
        if (!rows.Next())
            return false;
        Verify(new RelayedObject(region, key, sha256, new Instant(rows.Int64(0))), rows.Int64(1));
        return true;
    }

    /// <returns>How many rows went.</returns>
    public int Forget(Instant before, int max)
    {
        _forget.Run(before.UnixMilliseconds, max);
        return database.Changes;
    }

    /// <summary>Reads every row.</summary>
    public void ScanAll(Action<JournalCorruptException> damaged) => _all.Scan(
        (in Statement.Rows rows) => Verify(new RelayedObject(rows.Text(2), rows.Text(3), rows.Text(4), new Instant(rows.Int64(0))), rows.Int64(1)), damaged);

    private void Verify(RelayedObject relayed, long checksum)
    {
        if (checksum != ChecksumOf(relayed))
            throw Damage.Row(database.Path, "relayed", $"{relayed.Region} {relayed.Key}", "its checksum does not hold");
    }

    private static uint ChecksumOf(RelayedObject relayed)
    {
        var crc = new Crc32C();
        crc.Add("relayed");
        crc.Add(relayed.Region);
        crc.Add(relayed.Key);
        crc.Add(relayed.Sha256);
        crc.Add(relayed.DeliveredAt.UnixMilliseconds);
        return crc.Value;
    }
}
