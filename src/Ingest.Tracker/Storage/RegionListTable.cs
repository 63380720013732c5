#if NET
namespace Ingest.Tracker;

/// <summary>The newest list of regions, as it was signed.</summary>
internal sealed class RegionListTable(Database database)
{
    private readonly Statement _read = database.Prepare("SELECT body, signature FROM region_list");

    private readonly Statement _write = database.Prepare("INSERT OR REPLACE INTO region_list VALUES (1, ?, ?)");

    public (byte[] Body, byte[] Signature)? Read()
    {
        try
        {
            return _read.Next() ? (_read.Bytes(0), _read.Bytes(1)) : null;
        }
        finally
        {
            _read.Reset();
        }
    }

    public void Write(byte[] body, byte[] signature) => _write.With(body).With(signature).Run();
}
#endif
