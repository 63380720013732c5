using System.IO.Compression;

namespace Ingest.Engine;

/// <summary>Blocks are stored as gzip members: concatenated, members are one valid gzip file.</summary>
public static class GzipMember
{
    /// <summary>Compresses lines into one member, with the fastest level: on two cores a better one costs more than its bytes.</summary>
    public static byte[] Compress(ReadOnlySpan<byte> lines)
    {
        using var target = new PooledStream(Math.Max(512, lines.Length / 4));
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(lines);
        return target.ToArray();
    }

    /// <summary>
    /// Compresses the lines of several members into one, where a trickle made tiny ones.
    /// </summary>
    /// <param name="members">The members in order, in chunks of any size.</param>
    /// <param name="lineBytes">Bytes of the lines of all of them, known from the blocks.</param>
    /// <exception cref="InvalidDataException">The members do not hold that many bytes, or are no gzip.</exception>
    public static async ValueTask<byte[]> MergeAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> members, long lineBytes)
    {
        using var joined = new PooledStream(4096);
        await foreach (var chunk in members)
            joined.Write(chunk.Span);
        joined.Position = 0;

        using var target = new PooledStream(4096);
        long copied = 0;
        using (var lines = new GZipStream(joined, CompressionMode.Decompress))
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            var buffer = new byte[16 << 10];
            for (int read; (read = lines.Read(buffer)) > 0; copied += read)
                gzip.Write(buffer, 0, read);
        }

        return copied == lineBytes
            ? target.ToArray()
            : throw new InvalidDataException($"the members hold {copied} bytes of lines where the blocks say {lineBytes}");
    }

    /// <summary>A stream over a <see cref="PooledBuffer"/>: written at its end, read from <see cref="Position"/>.</summary>
    private sealed class PooledStream(int capacity) : Stream
    {
        private readonly PooledBuffer _buffer = new(capacity);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _buffer.Length;

        public override long Position { get; set; }

        public byte[] ToArray() => _buffer.Written.ToArray();

        public override int Read(Span<byte> buffer)
        {
            var rest = _buffer.Written[(int)Position..];
            var count = Math.Min(rest.Length, buffer.Length);
            rest[..count].CopyTo(buffer);
            Position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => _buffer.Write(buffer);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _buffer.Dispose();
            base.Dispose(disposing);
        }
    }
}
