using System.Buffers;
using System.IO.Compression;

namespace Ingest.Engine;

/// <summary>Reads a relay object once, in chunks of whole lines; the same object always falls into the same chunks.</summary>
internal sealed class RelayObjectReader(Stream stored, RelayLimits limits) : IAsyncDisposable
{
    private readonly HashingStream _hashing = new(stored);
    private GZipStream? _unzipped;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
    private int _filled;

    /// <summary>End of the chunk that was returned last.</summary>
    private int _returned;

    private bool _isEnd;

    /// <summary>Lines in the chunks so far.</summary>
    public long Lines { get; private set; }

    /// <summary>Length of the object, once its last chunk was read.</summary>
    public long Length => _hashing.BytesRead;

    /// <summary>SHA-256 of the object, once its last chunk was read.</summary>
    public string Sha256 => _hashing.Sha256;

    /// <summary>The next chunk; null behind the last one. The memory of the one before is gone.</summary>
    /// <exception cref="InvalidDataException">It is no gzip file of whole lines: damage.</exception>
    /// <exception cref="IOException">The connection to the lake broke.</exception>
    public async ValueTask<(ReadOnlyMemory<byte> Bytes, int Lines, bool IsLast)?> ReadAsync(CancellationToken cancellation)
    {
        _buffer.AsSpan(_returned, _filled - _returned).CopyTo(_buffer);
        _filled -= _returned;
        _returned = 0;
        var (end, lines, searched) = (0, 0, 0);
        while (true)
        {
            for (int at; (at = _buffer.AsSpan(searched, _filled - searched).IndexOf((byte)'\n')) >= 0;)
            {
                var lineEnd = searched + at + 1;
                // One line more than fits shows that the chunk is not the last.
                if (lines > 0 && (lineEnd > limits.ChunkBytesMax || lines == limits.ChunkLinesMax))
                    return Chunk(end, lines, isLast: false);
                (end, searched) = (lineEnd, lineEnd);
                lines++;
            }

            if (_isEnd)
            {
                if (end < _filled)
                    throw new InvalidDataException($"it ends in the middle of line {Lines + lines + 1}");
                return lines == 0 ? null : Chunk(end, lines, isLast: true);
            }

            searched = _filled;
            await FillAsync(cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_unzipped is not null)
            await _unzipped.DisposeAsync();
        await _hashing.DisposeAsync();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        await stored.DisposeAsync();
    }

    private (ReadOnlyMemory<byte> Bytes, int Lines, bool IsLast) Chunk(int end, int lines, bool isLast)
    {
        _returned = end;
        Lines += lines;
        return (_buffer.AsMemory(0, end), lines, isLast);
    }

    private async ValueTask FillAsync(CancellationToken cancellation)
    {
        if (_filled == _buffer.Length)
            _buffer = LineReader.Grow(_buffer, _filled);
        _unzipped ??= new GZipStream(_hashing, CompressionMode.Decompress, leaveOpen: true);
        var read = await _unzipped.ReadAsync(_buffer.AsMemory(_filled), cancellation);
        _filled += read;
        if (read > 0)
            return;
        _isEnd = true;
        await _hashing.CopyToAsync(Stream.Null, cancellation);
    }
}
