using System.Buffers.Binary;
using System.IO.Compression;

namespace Ingest.Engine;

/// <summary>Blocks are stored as gzip members: concatenated, members are one valid gzip file.</summary>
public static class GzipMember
{
    /// <summary>Most bytes of a stored block: its length has 16 bits.</summary>
    public const int StoredLineBytesMax = ushort.MaxValue;

    // The head, the length and its complement, CRC-32 and length.
    private const int StoredOverheadBytes = 11 + 4 + 8;

    // Magic, deflate; no flags, no time, nothing said of the compressor or the system. Then the bits of the block: last, stored.
    private static ReadOnlySpan<byte> StoredHead => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 1];

    /// <summary>Makes the member of a block: a few lines are stored as they are until their batch is sealed, see <see cref="Store"/>.</summary>
    /// <param name="lines">Its lines.</param>
    /// <param name="storeBelow">Fewer bytes than this are stored.</param>
    public static byte[] Of(ReadOnlySpan<byte> lines, int storeBelow) => lines.Length < storeBelow ? Store(lines) : Compress(lines);

    /// <summary>Compresses lines into one member, with the fastest level: on two cores a better one costs more than its bytes.</summary>
    public static byte[] Compress(ReadOnlySpan<byte> lines)
    {
        using var target = new PooledStream(Math.Max(512, lines.Length / 4));
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(lines);
        return target.ToArray();
    }

    /// <summary>
    /// Makes a member that holds lines as they are, in one stored block of deflate (RFC 1951, 3.2.4): for a few lines, which
    /// hardly get smaller, at a small part of what a compressor costs that must be set up for them.
    /// </summary>
    /// <param name="lines">At most <see cref="StoredLineBytesMax"/> bytes.</param>
    public static byte[] Store(ReadOnlySpan<byte> lines)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lines.Length, StoredLineBytesMax, nameof(lines));
        var member = new byte[StoredOverheadBytes + lines.Length];
        StoredHead.CopyTo(member);
        var rest = member.AsSpan(StoredHead.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(rest, (ushort)lines.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[2..], (ushort)~lines.Length);
        lines.CopyTo(rest[4..]);
        var trailer = rest[(4 + lines.Length)..];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, Crc32.Of(lines));
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], (uint)lines.Length);
        return member;
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
