namespace Ingest.Engine;

/// <summary>
/// The stored blocks of one stream that belong to no batch yet, grouped into the batches they will become: contiguous
/// runs of one hour within the limits. Only the last one still grows.
/// </summary>
internal sealed class OpenBatches(PartitionId partition, LakeStream stream, Limits limits)
{
    private readonly Queue<(Batch Batch, Instant Received)> _closed = new();
    private Batch? _open;
    private Instant _received;

    public bool IsEmpty => _open is null && _closed.Count == 0;

    /// <summary>When the next batch is due, however quiet it is; null when there is none.</summary>
    public Instant? DueAt =>
        _closed.TryPeek(out var first) ? first.Received
        : _open is null ? null
        : Instant.Min(_received + limits.SealAge, _open.Hour.End);

    public void Add(in BlockInfo block)
    {
        if (_open is not null && _open.Hour != block.Hour)
            Close(SealReason.Hour);
        if (_open is null)
        {
            _received = block.Received;
            _open = new Batch(partition, stream, block.Hour, block.Seq, block.Seq, 0, 0, 0, 0, default, default);
        }

        _open = _open with
        {
            ToSeq = block.Seq,
            Blocks = _open.Blocks + 1,
            Events = _open.Events + block.Events,
            LineBytes = _open.LineBytes + block.LineBytes,
            BodyBytes = _open.BodyBytes + block.BodyBytes,
        };
        if (_open.BodyBytes >= limits.SealBytes || _open.Blocks >= limits.SealBlocks)
            Close(SealReason.Size);
    }

    /// <summary>Takes out the oldest batch that is due; null when none is.</summary>
    public Batch? TakeDue(Instant now, bool drain)
    {
        if (_closed.Count == 0 && _open is not null)
        {
            if (now >= _open.Hour.End)
                Close(SealReason.Hour);
            else if (now >= _received + limits.SealAge)
                Close(SealReason.Age);
            else if (drain)
                Close(SealReason.Drain);
        }

        return _closed.TryDequeue(out var due) ? due.Batch with { SealedAt = now } : null;
    }

    private void Close(SealReason reason)
    {
        _closed.Enqueue((_open! with { Reason = reason }, _received));
        _open = null;
    }
}
