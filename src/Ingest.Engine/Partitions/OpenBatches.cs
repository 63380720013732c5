namespace Ingest.Engine;

/// <summary>
/// The stored blocks of one stream that belong to no batch yet, grouped into the batches they will become: contiguous
/// runs of one hour within the limits. Only the last one still grows.
/// </summary>
internal sealed class OpenBatches(PartitionId partition, LakeStream stream, Limits limits)
{
    // Most of a batch that is not merged which may be stored as it is: one part in so many of its lines.
    private const int StoredShare = 16;

    private readonly Queue<Batch> _closed = new();
    private Batch? _returned;
    private OpenBatch? _open;
    private TimeSpan _openedAt;

    public bool IsEmpty => _open is null && _returned is null && _closed.Count == 0;

    /// <summary>How long until the next batch is due, however quiet it is; null when there is none.</summary>
    /// <param name="clock">The partition's clock, which decides on hours.</param>
    /// <param name="elapsed">The partition's elapsed time, which decides on age.</param>
    public TimeSpan? DueIn(Instant clock, TimeSpan elapsed)
    {
        if (_returned is not null || _closed.Count > 0)
            return TimeSpan.Zero;
        if (_open is null)
            return null;
        var (byAge, byHour) = (_openedAt + limits.SealAge - elapsed, _open.Hour.End - clock);
        return byAge < byHour ? byAge : byHour;
    }

    /// <summary>Adds a stored block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="storedAt">When, by elapsed time: the age of the batch that it begins counts from here.</param>
    public void Add(in BlockInfo block, TimeSpan storedAt)
    {
        if (_open is not null && _open.Hour != block.Hour)
            Close(SealReason.Hour);
        if (_open is not null && WouldStayStored(_open, block))
            Close(SealReason.Size);
        if (_open is null)
        {
            _openedAt = storedAt;
            _open = new OpenBatch(block.Hour, block.Seq);
        }

        _open.ToSeq = block.Seq;
        _open.Blocks++;
        _open.Events += block.Events;
        _open.LineBytes += block.LineBytes;
        _open.BodyBytes += block.BodyBytes;
        if (IsStored(block))
            _open.StoredLineBytes += block.LineBytes;
        if (_open.BodyBytes >= limits.SealBytes || _open.Blocks >= limits.SealBlocks)
            Close(SealReason.Size);
    }

    /// <summary>Takes out the oldest batch that is due; null when none is.</summary>
    public Batch? TakeDue(Instant clock, TimeSpan elapsed, bool drain)
    {
        if (_returned is { } returned)
        {
            _returned = null;
            return returned;
        }

        if (_closed.Count == 0 && _open is not null)
        {
            if (clock >= _open.Hour.End)
                Close(SealReason.Hour);
            else if (elapsed >= _openedAt + limits.SealAge)
                Close(SealReason.Age);
            else if (drain)
                Close(SealReason.Drain);
        }

        return _closed.TryDequeue(out var due) ? due with { SealedAt = clock } : null;
    }

    /// <summary>True where a batch's members are so small that they are merged into one when it is sealed.</summary>
    public bool IsMerged(Batch batch) =>
        batch.Blocks > 1
        && batch.LineBytes <= limits.MergeLineBytesMax
        && batch.LineBytes / batch.Blocks < limits.MergeBelowLineBytes;

    /// <summary>Takes a batch back that surely was not sealed: it is due again, before any other.</summary>
    public void Return(Batch batch) => _returned = batch;

    /// <summary>True for a block that no compressor has seen (<see cref="GzipMember.Store"/>).</summary>
    private bool IsStored(in BlockInfo block) => block.LineBytes < limits.StoreBelowLineBytes && block.BodyBytes > block.LineBytes;

    /// <summary>
    /// True where the batch would be too large to be merged with the block, and too much of it would go into the lake as it is.
    /// </summary>
    private bool WouldStayStored(OpenBatch open, in BlockInfo block)
    {
        var lineBytes = open.LineBytes + block.LineBytes;
        var stored = open.StoredLineBytes + (IsStored(block) ? block.LineBytes : 0);
        return lineBytes > limits.MergeLineBytesMax && stored > lineBytes / StoredShare;
    }

    private void Close(SealReason reason)
    {
        var open = _open!;
        _closed.Enqueue(new Batch(
            partition, stream, open.Hour, open.FromSeq, open.ToSeq, open.Blocks, open.Events, open.LineBytes, open.BodyBytes, default, reason));
        _open = null;
    }

    /// <summary>The batch that grows, with what it will say of its blocks.</summary>
    private sealed class OpenBatch(LakeHour hour, long fromSeq)
    {
        public LakeHour Hour { get; } = hour;

        public long FromSeq { get; } = fromSeq;

        public long ToSeq { get; set; }

        public int Blocks { get; set; }

        public int Events { get; set; }

        public long LineBytes { get; set; }

        public long BodyBytes { get; set; }

        /// <summary>Line bytes of blocks that are stored as they are.</summary>
        public long StoredLineBytes { get; set; }
    }
}
