using System.Buffers;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>Reads the lines of an object one after the other, in the memory of its longest line.</summary>
internal static class ObjectLines
{
    /// <summary>Bytes of a line that is read. Bodies have a hard cap far below it, also as base64.</summary>
    private const int LineBytesMax = 256 << 20;

    /// <summary>Reads them. A line's memory is valid until the next one is asked for.</summary>
    /// <exception cref="LakeUnavailableException">The object is not there, or cannot be read to its end.</exception>
    /// <exception cref="InvalidDataException">It is no gzip file of whole lines.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        ILake lake, string key, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var stored = await lake.OpenReadAsync(key, cancellation)
            ?? throw new LakeUnavailableException($"{key} is not in the lake any more");
        await using var unzipped = new GZipStream(stored, CompressionMode.Decompress);
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            var filled = 0;
            while (await ReadSomeAsync(unzipped, buffer.AsMemory(filled), key, cancellation) is > 0 and var read)
            {
                filled += read;
                var done = 0;
                for (int end; (end = buffer.AsSpan(done, filled - done).IndexOf((byte)'\n')) >= 0; done += end + 1)
                    yield return buffer.AsMemory(done, end);
                buffer.AsSpan(done, filled - done).CopyTo(buffer);
                filled -= done;
                if (filled == buffer.Length)
                    buffer = Grow(buffer, filled, key);
            }

            if (filled > 0)
                throw new InvalidDataException($"{key} ends in the middle of a line");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<int> ReadSomeAsync(
        GZipStream unzipped, Memory<byte> buffer, string key, CancellationToken cancellation)
    {
        try
        {
            return await unzipped.ReadAsync(buffer, cancellation);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{key} is damaged: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw new LakeUnavailableException($"{key} cannot be read to its end: {exception.Message}", exception);
        }
    }

    private static byte[] Grow(byte[] buffer, int filled, string key)
    {
        if (buffer.Length >= LineBytesMax)
            throw new InvalidDataException($"{key} has a line longer than {LineBytesMax} bytes");
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
