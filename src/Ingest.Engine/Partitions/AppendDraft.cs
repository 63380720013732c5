namespace Ingest.Engine;

/// <summary>
/// What a partition wants to append next, still uncompressed. The host encodes it outside the partition's turn, so that
/// the partition goes on taking events meanwhile.
/// </summary>
public sealed class AppendDraft
{
    private readonly OpenBlock[] _open;
    private readonly Block[] _blocks;
    private readonly Append _append;

    /// <param name="open">Its blocks, in order.</param>
    /// <param name="blocks">The blocks of <paramref name="append"/>, to be filled in; as many.</param>
    /// <param name="append">All else.</param>
    /// <param name="isLight">As <see cref="IsLight"/>.</param>
    internal AppendDraft(OpenBlock[] open, Block[] blocks, Append append, bool isLight) =>
        (_open, _blocks, _append, IsLight) = (open, blocks, append, isLight);

    /// <summary>True where <see cref="Encode"/> compresses nothing: it is over sooner than another thread would begin.</summary>
    public bool IsLight { get; }

    /// <summary>Compresses the blocks and gives their buffers back. To be called once.</summary>
    public Append Encode()
    {
        for (var i = 0; i < _blocks.Length; i++)
        {
            _blocks[i] = _open[i].Encode(_append.FirstSeq + i);
            _open[i].Dispose();
        }

        return _append;
    }
}
