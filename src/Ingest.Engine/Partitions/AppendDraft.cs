namespace Ingest.Engine;

/// <summary>
/// What a partition wants to append next, still uncompressed. The host encodes it outside the partition's turn, so that
/// the partition goes on taking events meanwhile.
/// </summary>
public sealed class AppendDraft
{
    private readonly List<OpenBlock> _blocks;
    private readonly Append _frame;

    internal AppendDraft(Append frame, List<OpenBlock> blocks)
    {
        _frame = frame;
        _blocks = blocks;
    }

    /// <summary>Compresses the blocks and gives their buffers back. To be called once.</summary>
    public Append Encode()
    {
        if (_blocks.Count == 0)
            return _frame;
        var blocks = new Block[_blocks.Count];
        for (var i = 0; i < blocks.Length; i++)
        {
            blocks[i] = _blocks[i].Encode(_frame.FirstSeq + i);
            _blocks[i].Dispose();
        }

        return _frame with { Blocks = blocks };
    }
}
