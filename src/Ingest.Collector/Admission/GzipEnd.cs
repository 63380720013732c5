using System.IO.Compression;
using System.Security.Cryptography;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>
/// Tells whole gzip from gzip that was cut off, which the framework's stream reads without a word up to the cut. A known
/// member is appended to the compressed bytes: only where all members before it are whole does its content come out at
/// the end, whatever their number.
/// </summary>
/// <remarks>
/// A header that is cut off takes the bytes that follow for its own fields (RFC 1952, FEXTRA and FNAME), and could end
/// just where the known member's data begins. So that member's header has a field itself, of a length that no client
/// knows. Wherever else the cut header ends in it, a byte 0xFF comes next, which begins no deflate data.
/// </remarks>
internal static class GzipEnd
{
    /// <summary>Bytes that come out. Too many to come up by chance, and not known to any client.</summary>
    public const int Length = 16;

    private const int HeaderLength = 10;
    private const byte FlagExtra = 4;
    private const int FieldPairsMin = 16;
    private const int FieldPairsMax = 1000;

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
        var plain = stream.ToArray().AsSpan(HeaderLength);
        return [.. Header(), .. plain];
    }

    /// <summary>A header with an extra field: zeros and 0xFF in turn, since names end at a zero, and then 0xFF alone.</summary>
    private static byte[] Header()
    {
        var pairs = RandomNumberGenerator.GetInt32(FieldPairsMin, FieldPairsMax + 1);
        byte[] field = [.. Enumerable.Repeat<byte[]>([0x00, 0xff], pairs).SelectMany(pair => pair), 0xff, 0xff, 0xff];
        return [0x1f, 0x8b, 8, FlagExtra, 0, 0, 0, 0, 0, 0xff, (byte)field.Length, (byte)(field.Length >> 8), .. field];
    }
}
