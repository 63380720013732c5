using System.Buffers;
using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace Ingest.Engine;

/// <summary>Reads the lines of a gzip file one after the other, in the memory of its longest line.</summary>
public static class LineReader
{
    // A line longer than this is not one that the server wrote: bodies have a hard cap below it, also as base64.
    private const int LineBytesMax = 256 << 20;

    /// <summary>Reads them, without their line feeds. A line's memory is valid until the next one is asked for.</summary>
    /// <param name="zipped">The file's bytes; not disposed.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="InvalidDataException">It is no gzip file of whole lines; the message tells how, as part of a sentence.</exception>
    /// <exception cref="IOException">The bytes cannot be read to their end.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        Stream zipped, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var unzipped = new GZipStream(zipped, CompressionMode.Decompress, leaveOpen: true);
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            var filled = 0;
            long lines = 0;
            while (await unzipped.ReadAsync(buffer.AsMemory(filled), cancellation) is > 0 and var read)
            {
                filled += read;
                var done = 0;
                for (int end; (end = buffer.AsSpan(done, filled - done).IndexOf((byte)'\n')) >= 0; done += end + 1)
                {
                    yield return buffer.AsMemory(done, end);
                    lines++;
                }

                buffer.AsSpan(done, filled - done).CopyTo(buffer);
                filled -= done;
                if (filled == buffer.Length)
                    buffer = Grow(buffer, filled);
            }

            if (filled > 0)
                throw new InvalidDataException($"it ends in the middle of line {lines + 1}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Moves what is in a pooled buffer to a larger one.</summary>
    /// <exception cref="InvalidDataException">It holds the beginning of a line that is too long.</exception>
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
