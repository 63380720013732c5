namespace Ingest.Storage;

/// <summary>Row 1: the journal's id, the same as in the marker. Row 2 is <see cref="ClosedHourTable"/>'s.</summary>
internal static class MetaTable
{
    public static void Write(Database database, string id)
    {
        using var insert = new Statement(database, "INSERT INTO meta VALUES(1, ?, ?)");
        insert.Bind(1, id).Bind(2, ChecksumOf(id));
        using var rows = insert.Query();
        rows.Next();
    }

    public static string Read(Database database)
    {
        using var select = new Statement(database, "SELECT journal, crc FROM meta WHERE id=1");
        using var rows = select.Query();
        if (!rows.Next())
            throw Damage.Row(database.Path, "meta", "row 1", "it is missing");

        var id = rows.Text(0);
        return rows.Int64(1) == ChecksumOf(id)
            ? id
            : throw Damage.Row(database.Path, "meta", "row 1", "its checksum does not hold");
    }

    private static uint ChecksumOf(string id)
    {
        var crc = new Crc32C();
        crc.Add("meta");
        crc.Add(id);
        return crc.Value;
    }
}
