using System.Buffers;
using System.IO.Compression;
using System.Text.Json;

namespace Ingest.Engine;

/// <summary>Reads one object of the lake in bounded memory: its length, its checksum, and each of its lines.</summary>
public static class ObjectReader
{
    // A line longer than this is not one that the server wrote: bodies have a hard cap below it, also as base64.
    private const int LineBytesMax = 256 << 20;

    /// <summary>Takes a line, without its line feed. The memory is valid during the call.</summary>
    /// <exception cref="InvalidDataException">It is no line of the lake: damage of the object.</exception>
    /// <exception cref="JsonException">As above.</exception>
    public delegate void LineAction(ReadOnlySpan<byte> line);

    /// <summary>What an object holds.</summary>
    /// <param name="Length">Its length in bytes.</param>
    /// <param name="Sha256">SHA-256 of its bytes, in lower-case hexadecimal digits.</param>
    /// <param name="Lines">Number of lines; null where it is no whole gzip file of such lines.</param>
    /// <param name="Damage">Why it is not; null where it is.</param>
    public sealed record Content(long Length, string Sha256, long? Lines, string? Damage);

    /// <summary>Reads all of an object.</summary>
    /// <param name="stored">The object's bytes.</param>
    /// <param name="onLine">Called with each line.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="IOException">The connection to the lake broke.</exception>
    public static async Task<Content> ReadAsync(Stream stored, LineAction onLine, CancellationToken cancellation)
    {
        await using var hashing = new HashingStream(stored);
        long lines = 0;
        string? damage = null;
        try
        {
            await using var unzipped = new GZipStream(hashing, CompressionMode.Decompress, leaveOpen: true);
            lines = await ReadLinesAsync(unzipped, onLine, cancellation);
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException)
        {
            damage = exception.Message;
        }

        await hashing.CopyToAsync(Stream.Null, cancellation);
        return new Content(hashing.BytesRead, hashing.Sha256, damage is null ? lines : null, damage);
    }

    private static async Task<long> ReadLinesAsync(Stream unzipped, LineAction onLine, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        var filled = 0;
        long lines = 0;
        try
        {
            while (true)
            {
                var read = await unzipped.ReadAsync(buffer.AsMemory(filled), cancellation);
                if (read == 0)
                    break;
                filled += read;
                var done = 0;
                for (int end; (end = buffer.AsSpan(done, filled - done).IndexOf((byte)'\n')) >= 0; done += end + 1)
                {
                    onLine(buffer.AsSpan(done, end));
                    lines++;
                }

                buffer.AsSpan(done, filled - done).CopyTo(buffer);
                filled -= done;
                if (filled == buffer.Length)
                    buffer = Grow(buffer, filled);
            }

            return filled == 0 ? lines : throw new InvalidDataException($"it ends in the middle of line {lines + 1}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Moves what is in a pooled buffer to a larger one.</summary>
    internal static byte[] Grow(byte[] buffer, int filled)
    {
        if (buffer.Length >= LineBytesMax)
            throw new InvalidDataException($"a line is longer than {LineBytesMax} bytes");
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
