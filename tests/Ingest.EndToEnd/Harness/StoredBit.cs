namespace Ingest.EndToEnd;

/// <summary>One bit within a block of a stopped server's journal, as failing disks and memory flip them.</summary>
internal sealed class StoredBit(string file, long offset)
{
    /// <summary>First bytes of a gzip member, as which every block is stored.</summary>
    private static readonly byte[] GzipMagic = [0x1f, 0x8b, 0x08];

    /// <summary>Past the header of 10 bytes, in the compressed data.</summary>
    private const int OffsetInMember = 14;

    /// <summary>Smallest page of a database file: what begins near its end may go on elsewhere.</summary>
    private const int PageBytes = 4096;

    /// <summary>Finds a bit of the first block that lies whole around it.</summary>
    public static StoredBit FindInBlock(string dataFolder)
    {
        foreach (var file in Directory.EnumerateFiles(dataFolder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var bytes = File.ReadAllBytes(file);
            for (var at = 0; bytes.AsSpan(at).IndexOf(GzipMagic) is >= 0 and var next; at++)
            {
                at += next;
                if (at % PageBytes < PageBytes - OffsetInMember)
                    return new StoredBit(file, at + OffsetInMember);
            }
        }

        throw new InvalidOperationException($"No block is stored in {dataFolder}.");
    }

    /// <summary>Flips it; a second time mends it.</summary>
    public void Flip()
    {
        using var stream = File.Open(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Position = offset;
        var value = stream.ReadByte();
        stream.Position = offset;
        stream.WriteByte((byte)(value ^ 0b0000_0100));
    }
}
