using System.IO.Compression;
using System.Text;

namespace Ingest.Engine.Tests;

internal static class Gzip
{
    /// <summary>The lines of one or several gzip members; the last one must end with a line feed too.</summary>
    public static IReadOnlyList<string> Lines(ReadOnlyMemory<byte> members)
    {
        using var source = new MemoryStream(members.ToArray());
        using var gzip = new GZipStream(source, CompressionMode.Decompress);
        using var lines = new MemoryStream();
        gzip.CopyTo(lines);
        var text = Encoding.UTF8.GetString(lines.ToArray());
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return text[..^1].Split('\n');
    }
}
