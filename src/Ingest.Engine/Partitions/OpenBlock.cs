namespace Ingest.Engine;

/// <summary>A block that still takes lines, or waits to be appended: uncompressed and without a seq.</summary>
internal sealed class OpenBlock(LakeStream stream, Instant received) : IDisposable
{
    public LakeStream Stream { get; } = stream;

    public LakeHour Hour { get; } = received.Hour;

    public int Events { get; set; }

    public PooledBuffer Lines { get; } = new(4096);

    public Block Encode(long seq) =>
        new(seq, Stream, Hour, Events, Lines.Length, received, GzipMember.Compress(Lines.Written));

    public void Dispose() => Lines.Dispose();
}
