using System.IO.Compression;
using System.Security.Cryptography;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>
/// Tells whole gzip from gzip that was cut off, which the framework's stream reads without a word up to the cut. A known
/// member is appended to the compressed bytes: only where all members before it are whole does its content come out at
/// the end, whatever their number.
/// </summary>
internal static class GzipEnd
{
    /// <summary>Bytes that come out. Too many to come up by chance, and not known to any client.</summary>
    public const int Length = 16;

    private static readonly byte[] Mark = RandomNumberGenerator.GetBytes(Length);
    private static readonly byte[] Member = Compress(Mark);

    /// <summary>Appends the member to compressed bytes.</summary>
    public static void AppendTo(EventBatch compressed) => compressed.Append(Member);

    /// <summary>Finds the end in decompressed bytes.</summary>
    /// <param name="plain">What came out.</param>
    /// <param name="length">Number of bytes before the end.</param>
    /// <returns>False where the compressed bytes were not whole.</returns>
    public static bool TryFind(ReadOnlySpan<byte> plain, out int length)
    {
        length = plain.Length - Length;
        return plain.EndsWith(Mark);
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return stream.ToArray();
    }
}
