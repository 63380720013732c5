using System.Text;

namespace Ingest.Fuzz;

/// <summary>A mistake in how a line is written.</summary>
internal sealed class LineFault(string name, string target, Func<byte[], byte[]> change) : PlantedFault(name, target)
{
    public override byte[] Change(byte[] line) => change(line);
}

/// <summary>What such a mistake makes of a line.</summary>
internal static class LineFaults
{
    private const int LengthMax = 2_000;

    public static byte[] KeepLineFeeds(byte[] line)
    {
        var at = line.AsSpan().IndexOf("  "u8);
        return at < 0 ? line : [.. line.AsSpan(0, at), (byte)'\n', .. line.AsSpan(at + 1)];
    }

    public static byte[] EscapeTwice(byte[] line) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line).Replace("\\\"", "\\\\\\\"", StringComparison.Ordinal));

    public static byte[] Cut(byte[] line) => line.Length <= LengthMax ? line : line[..LengthMax];
}
