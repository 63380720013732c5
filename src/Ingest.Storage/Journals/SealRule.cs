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
    private long _bodyBytes;

    /// <summary>When the first event of the blocks fed so far was received.</summary>
    public Instant Received { get; private set; }

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
        _bodyBytes += block.BodyBytes;
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
        : !_merged && _bodyBytes != _batch.BodyBytes ? Differs("bytes of bodies", _bodyBytes, _batch.BodyBytes)
        : null;

    private static string Differs(string what, long stored, long claimed) =>
        string.Create(CultureInfo.InvariantCulture, $"the {what} is {stored}, the batch says {claimed}");
}
