using System.Globalization;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// When a seal stands: its batch is exactly the oldest unsealed blocks of its partition and stream up to
/// <see cref="Batch.ToSeq"/>, all of its hour. A journal feeds it those blocks, oldest first, while
/// <see cref="Takes"/> says so.
/// </summary>
internal struct SealRule(Seal seal)
{
    private readonly Batch _batch = seal.Batch;
    private readonly bool _merged = seal.MergedBody is not null;
    private long _first;
    private long _last;
    private bool _otherHour;
    private int _blocks;
    private long _events;
    private long _lineBytes;

    /// <summary>When the first event of the blocks fed so far was received.</summary>
    public Instant Received { get; private set; }

    /// <summary>Bytes of the bodies of the blocks fed so far.</summary>
    public long BodyBytes { get; private set; }

    /// <summary>True while the next unsealed block, with this seq, still belongs to the batch. Bounded by the batch's own count.</summary>
    public readonly bool Takes(long seq) => seq <= _batch.ToSeq && _blocks <= _batch.Blocks;

    public void Add(in BlockInfo block)
    {
        if (_blocks == 0)
            _first = block.Seq;

        Received = _blocks == 0 ? block.Received : Instant.Min(Received, block.Received);
        _last = block.Seq;
        _otherHour |= block.Hour != _batch.Hour;
        _blocks++;
        _events += block.Events;
        _lineBytes += block.LineBytes;
        BodyBytes += block.BodyBytes;
    }

    /// <summary>Feeds all of the batch's range at once, where the storage has summed it up.</summary>
    public void Add(in BlockRun run)
    {
        if (run.Blocks == 0)
            return;

        (_first, _last, Received) = (run.First, run.Last, run.Received);
        _otherHour = run.HasOtherHour;
        _blocks = (int)Math.Min(run.Blocks, int.MaxValue);
        _events = run.Events;
        _lineBytes = run.LineBytes;
        BodyBytes = run.BodyBytes;
    }

    /// <summary>Why the seal does not stand; null when it does.</summary>
    public readonly string? Violation() =>
        _blocks == 0 ? "there is no unsealed block in the batch's range"
        : _first != _batch.FromSeq ? Differs("oldest unsealed seq", _first, _batch.FromSeq)
        : _last != _batch.ToSeq ? Differs("last unsealed seq in range", _last, _batch.ToSeq)
        : _blocks != _batch.Blocks ? Differs("number of blocks", _blocks, _batch.Blocks)
        : _otherHour ? "the range holds blocks of another hour"
        : _events != _batch.Events ? Differs("number of events", _events, _batch.Events)
        : _lineBytes != _batch.LineBytes ? Differs("bytes of lines", _lineBytes, _batch.LineBytes)
        : !_merged && BodyBytes != _batch.BodyBytes ? Differs("bytes of bodies", BodyBytes, _batch.BodyBytes)
        : null;

    private static string Differs(string what, long stored, long claimed) =>
        string.Create(CultureInfo.InvariantCulture, $"the {what} is {stored}, the batch says {claimed}");
}

/// <summary>Sums over a run of blocks of one stream; all zero for none.</summary>
/// <param name="First">Seq of the first.</param>
/// <param name="Last">Seq of the last.</param>
/// <param name="Blocks">How many.</param>
/// <param name="Events">Lines in them.</param>
/// <param name="LineBytes">Bytes of the lines before compression.</param>
/// <param name="BodyBytes">Bytes of the bodies.</param>
/// <param name="HasOtherHour">True where one of them is not of the hour of the batch that is asked for.</param>
/// <param name="Received">When the first event in them was received.</param>
internal readonly record struct BlockRun(
    long First, long Last, long Blocks, long Events, long LineBytes, long BodyBytes, bool HasOtherHour, Instant Received);
