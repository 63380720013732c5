namespace Ingest.Engine;

/// <summary>
/// A block that takes lines, or waits to be appended: without a seq. Once it takes no more lines it may be compressed on any
/// thread.
/// </summary>
/// <param name="stream">What its lines are.</param>
/// <param name="received">When the first of its events was received.</param>
/// <param name="expectedBytes">How long its lines may become.</param>
/// <param name="storeBelow">Below so many bytes its lines are stored as they are.</param>
internal sealed class OpenBlock(LakeStream stream, Instant received, int expectedBytes, int storeBelow) : IDisposable
{
    private readonly Lock _gate = new();
    private byte[]? _body;
    private int _lineBytes;
    private bool _isDisposed;

    public LakeStream Stream { get; } = stream;

    public LakeHour Hour { get; } = received.Hour;

    public int Events { get; set; }

    public PooledBuffer Lines { get; } = new(Math.Max(4096, expectedBytes));

    /// <summary>Compresses the lines where that is worth it, and gives their buffer back. Does so once: who comes second waits for the first.</summary>
    public void Compress()
    {
        lock (_gate)
        {
            if (_body is not null || _isDisposed)
                return;
            _lineBytes = Lines.Length;
            _body = GzipMember.Of(Lines.Written, storeBelow);
            Lines.Dispose();
        }
    }

    /// <summary>The block as the journal takes it. Not of one that was disposed.</summary>
    public Block Encode(long seq)
    {
        Compress();
        return new(seq, Stream, Hour, Events, _lineBytes, received, _body);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            Lines.Dispose();
        }
    }
}
