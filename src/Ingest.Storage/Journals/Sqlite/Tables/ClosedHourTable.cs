using System.Globalization;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>Row 2 of meta, in its text column: the last closed hour. There is none until an hour is closed.</summary>
internal sealed class ClosedHourTable(Database database)
{
    private readonly Statement _read = database.Prepare("SELECT journal, crc FROM meta WHERE id=2");
    private readonly Statement _write = database.Prepare("INSERT OR REPLACE INTO meta VALUES(2, ?1, ?2)");

    public ClosedHours Read()
    {
        using var rows = _read.Query();
        if (!rows.Next())
            return default;

        var text = rows.Text(0);
        return rows.Int64(1) == ChecksumOf(text) && int.TryParse(text, CultureInfo.InvariantCulture, out var hour)
            ? new ClosedHours(new LakeHour(hour))
            : throw Damage.Row(database.Path, "meta", "row 2", "its checksum does not hold");
    }

    public void Write(LakeHour last)
    {
        var text = last.Number.ToString(CultureInfo.InvariantCulture);
        using var rows = _write.Bind(1, text).Bind(2, ChecksumOf(text)).Query();
        rows.Next();
    }

    private static uint ChecksumOf(string text)
    {
        var crc = new Crc32C();
        crc.Add("closed");
        crc.Add(text);
        return crc.Value;
    }
}
