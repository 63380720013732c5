namespace Ingest.Engine;

/// <summary>
/// One partition: deduplicates, validates, renders each event once, and says what to append and what to seal. It has no
/// clock, does no I/O and knows no runtime: a host calls it from one turn at a time, carries its drafts to the journal,
/// and brings the outcome back.
/// </summary>
/// <remarks>
/// <para>One append is in flight at a time; what arrives meanwhile forms the next one. A receipt completes when the
/// append that its last event depends on is committed, also where that event is a duplicate of one not committed yet.</para>
/// <para>After any write that is not surely committed, what is in memory may differ from what is stored: the partition
/// breaks, fails every receipt that waits, and its host builds it anew from the journal. So a dedupe mark never outlives
/// a failed append.</para>
/// </remarks>
public sealed class Partition
{
    private const long DependsOnNothing = -1;

    private readonly Limits _limits;
    private readonly Func<IEventValidator> _validator;
    private readonly LineWriter _writer;
    private readonly bool _isRelay;
    private readonly DedupeWindow _ids;
    private readonly PartitionCounts _counts;
    private readonly OpenBatches[] _batches;

    // What the next append will hold: full blocks, then at most one open block of each stream.
    private readonly OpenBlock?[] _open = new OpenBlock?[2];
    private readonly List<OpenBlock> _full = [];

    // Of the last block of each stream: the next one will hardly be much larger, and need not grow step by step. At most what
    // is compressed ahead, lest one large event had every later block take as much.
    private readonly int[] _lastLineBytes = new int[2];

    // How many of the full ones were given out to be compressed.
    private int _compressing;

    // Receipts by the append they depend on: the one in flight, or the next.
    private List<Waiting> _waiting = [];
    private List<Waiting> _inFlightWaiting = [];

    // Positions in the dedupe window: ids below the first are committed, ids between the two are in flight.
    private long _committedIds;
    private long _inFlightIds;

    // Three times. The clock never runs backwards and stamps events. Elapsed time ages batches and ids: a leap of the wall
    // clock counts as one seal age at most, or it would wipe the dedupe window. The last reading is for the host.
    private readonly ElapsedClock _elapsed;
    private readonly Instant _idsNow;
    private Instant _clock;
    private Instant _now;
    private TimeSpan _time;

    private bool _isAppending;
    private Batch? _sealing;
    private int _failedSeals;
    private TimeSpan _sealNotBefore;

    /// <param name="id">Which partition.</param>
    /// <param name="partitionCount">
    /// Number of partitions of its source as the host knew it <em>before</em> it read the snapshot; the journal's word comes
    /// first. One learned later may be of a split that handed ids down which the snapshot does not have.
    /// </param>
    /// <param name="limits">Its limits.</param>
    /// <param name="validator">The validator of its source as of now; asked once a request, so that a reload takes effect.</param>
    /// <param name="snapshot">What the journal holds of it.</param>
    /// <param name="now">The present time.</param>
    /// <param name="carried">Counts that an earlier, broken instance could not write: its <see cref="TakeUnwrittenCounts"/>.</param>
    /// <param name="seed">Any number unknown outside, for the dedupe index.</param>
    public Partition(
        PartitionId id,
        int partitionCount,
        Limits limits,
        Func<IEventValidator> validator,
        PartitionSnapshot snapshot,
        Instant now,
        IReadOnlyList<LedgerCounts> carried,
        ulong seed)
    {
        Id = id;
        PartitionCount = snapshot.PartitionCount > 0 ? snapshot.PartitionCount : partitionCount;
        _limits = limits;
        _validator = validator;
        _writer = new LineWriter(id.Source);
        _isRelay = RelaySource.IsRelay(id.Source);
        _ids = new DedupeWindow(seed);
        foreach (var run in snapshot.Ids)
            _ids.Restore(run);
        _committedIds = _inFlightIds = _ids.Tail;
        _counts = new PartitionCounts(carried);
        _batches = [new(id, LakeStream.Good, limits), new(id, LakeStream.Quarantine, limits)];
        _elapsed = new ElapsedClock(limits.SealAge);
        _elapsed.Read(now);
        _now = now;
        foreach (var block in snapshot.Unsealed)
        {
            var age = TimeSpan.FromTicks(Math.Clamp((now - block.Received).Ticks, 0, limits.SealAge.Ticks));
            BatchesOf(block.Stream).Add(block, -age);
        }

        NextSeq = snapshot.NextSeq;
        _clock = snapshot.Clock;

        // The earlier of the two: a wall clock that is ahead now, or was when the last append was stamped, ages nothing. Nor
        // do hours that were closed since: whoever closed them may have been ahead, too.
        _idsNow = snapshot.IdsClock == default ? now : Instant.Min(now, snapshot.IdsClock);
    }

    public PartitionId Id { get; }

    /// <summary>Number of partitions of its source: which ids are its own follows from it (<see cref="PartitionId.Of"/>).</summary>
    public int PartitionCount { get; }

    /// <summary>True once a write was not surely committed: every receipt has failed, and only a new instance goes on.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Seq that the next block will have.</summary>
    public long NextSeq { get; private set; }

    /// <summary>True when events wait for <see cref="BeginAppend"/>.</summary>
    public bool HasEvents => _full.Count > 0 || _open[0] is not null || _open[1] is not null;

    /// <summary>
    /// True when a block is full that nobody compresses or appends yet: worth asking for <see cref="BeginAppend"/> and
    /// <see cref="BeginCompression"/> before a turn with many requests is over, so that other processors have something to do.
    /// </summary>
    public bool HasFullBlock => _full.Count > (_isAppending ? _compressing : 0) || IsFullEnough(LakeStream.Good);

    /// <summary>True when counts wait to be written; they go with the next append, or by one of their own.</summary>
    public bool HasCounts => !_counts.IsEmpty;

    /// <summary>True when nothing waits, nothing is in flight and no batch is open: the host may drop it.</summary>
    public bool IsIdle => IsQuiet && _batches[0].IsEmpty && _batches[1].IsEmpty;

    /// <summary>True when nothing waits and nothing is in flight: another instance may go on from the journal.</summary>
    public bool IsQuiet => !_isAppending && _sealing is null && !HasEvents && !HasCounts;

    /// <summary>Number of ids in the dedupe window.</summary>
    public int IdCount => _ids.Count;

    /// <summary>When <see cref="BeginSeal"/> has something to seal, however quiet it is; null when no batch is open.</summary>
    public Instant? SealDueAt
    {
        get
        {
            var (good, quarantine) = (_batches[0].DueIn(_clock, _time), _batches[1].DueIn(_clock, _time));
            if ((good < quarantine ? good : quarantine ?? good) is not { } dueIn)
                return null;
            var pause = _sealNotBefore - _time;
            return _now + (dueIn > pause ? dueIn : pause);
        }
    }

    /// <summary>Takes the events of one request.</summary>
    /// <param name="batch">The events; not used after the call.</param>
    /// <param name="partitionCount">
    /// Number of partitions by which the sender chose this one. Another number than <see cref="PartitionCount"/> is
    /// answered with <see cref="IntakeOutcome.Moved"/>; a higher one shows that the source was split since the journal was
    /// read, so the partition breaks.
    /// </param>
    /// <param name="now">The time of receipt.</param>
    /// <param name="receipt">Told when all of them are safe, or that they are not.</param>
    public void Offer(EventBatch batch, int partitionCount, Instant now, Receipt receipt)
    {
        if (IsBroken)
            throw new InvalidOperationException($"partition {Id} is broken; its host must build it anew");
        if (partitionCount != PartitionCount)
        {
            receipt.Complete(IntakeResult.Moved("the source was split", PartitionCount));
            if (partitionCount > PartitionCount)
                Move("the source was split");
            return;
        }

        ReadClock(now);
        try
        {
            var dependsOn = Take(batch, out var result);
            _counts.Add(new LedgerCounts(
                _clock.Hour, batch.Events.Length, result.Accepted, result.Quarantined, result.Duplicates, 0));
            var waiting = new Waiting(receipt, result, batch.Events.Length);
            if (dependsOn >= _inFlightIds)
                _waiting.Add(waiting);
            else if (dependsOn >= _committedIds)
                _inFlightWaiting.Add(waiting);
            else
                receipt.Complete(result);
        }
        catch
        {
            // A line may be half rendered and an id marked: nothing in memory can be trusted.
            _waiting.Add(new Waiting(receipt, default, batch.Events.Length));
            Break("internal error");
            throw;
        }
    }

    /// <summary>What to append next; null while an append is in flight or nothing waits.</summary>
    /// <param name="idsMax">Most ids to remember from now on, where the host has room for fewer than <see cref="Limits.DedupeIdsMax"/>.</param>
    /// <param name="countsToo">Also when nothing but counts waits: after a quiet while, and before the host drops it.</param>
    public AppendDraft? BeginAppend(int idsMax = int.MaxValue, bool countsToo = false)
    {
        if (IsBroken || _isAppending || !(HasEvents || (countsToo && HasCounts)))
            return null;
        Close(LakeStream.Good);
        Close(LakeStream.Quarantine);
        _ids.Trim(Math.Min(idsMax, _limits.DedupeIdsMax), _idsNow + _time - _limits.DedupeAgeMax);
        OpenBlock[] open = [.. _full];
        var blocks = open.Length > 0 ? new Block[open.Length] : [];
        var draft = new AppendDraft(
            open,
            blocks,
            new Append(Id, PartitionCount, NextSeq, blocks, _ids.CopyFrom(_inFlightIds), _ids.OldestRun ?? NextSeq, _clock, _counts.Take()),
            isLight: _compressing == 0 && AreStored(open));
        _full.Clear();
        _compressing = 0;
        (_waiting, _inFlightWaiting) = (_inFlightWaiting, _waiting);
        _inFlightIds = _ids.Tail;
        _isAppending = true;
        return draft;
    }

    /// <summary>
    /// Work to do while an append is in flight, so that the next one need not wait for it: it compresses a block of that one, on
    /// any thread, at the same time as anything else. Null where there is none now. Who drops it loses time, nothing else.
    /// </summary>
    public Action? BeginCompression()
    {
        if (IsBroken || !_isAppending)
            return null;
        if (IsFullEnough(LakeStream.Good))
            Close(LakeStream.Good);
        return _compressing < _full.Count ? _full[_compressing++].Compress : null;
    }

    /// <summary>Brings back how the append ended that <see cref="BeginAppend"/> drafted.</summary>
    public void CompleteAppend(Append append, JournalResult result)
    {
        _isAppending = false;
        if (IsBroken)
            return;
        if (result.Outcome != JournalOutcome.Committed)
        {
            var reason = result.Reason ?? "the journal did not take the events";
            // Counts that may have been stored are not carried on: better one refusal too few than one twice.
            var isSurelyLost = result.Outcome is JournalOutcome.Fenced or JournalOutcome.Refused;
            // Who was fenced is not the writer any more: the events are not refused, another one takes them.
            var answer = result.Outcome == JournalOutcome.Fenced ? IntakeResult.Moved(reason) : IntakeResult.Unavailable(reason, result.Fault);
            Break(answer, isSurelyLost ? append.Counts : []);
            return;
        }

        if (_inFlightIds > _committedIds)
            _ids.EndRun(append.FirstSeq, append.Clock, _inFlightIds);
        _committedIds = _inFlightIds;
        NextSeq = append.NextSeq;
        foreach (var block in append.Blocks)
            BatchesOf(block.Stream).Add(block.Info, _time);
        foreach (var waiting in _inFlightWaiting)
            waiting.Receipt.Complete(waiting.Result);
        _inFlightWaiting.Clear();
    }

    /// <summary>What to seal next; null while a seal is in flight or nothing is due.</summary>
    /// <param name="now">The present time.</param>
    /// <param name="drain">Seals what is not due too: the process is about to stop.</param>
    public SealDraft? BeginSeal(Instant now, bool drain = false)
    {
        if (IsBroken || _sealing is not null)
            return null;
        ReadClock(now);
        if (_time < _sealNotBefore)
            return null;
        var batch = BatchesOf(LakeStream.Good).TakeDue(_clock, _time, drain)
            ?? BatchesOf(LakeStream.Quarantine).TakeDue(_clock, _time, drain);
        if (batch is null)
            return null;
        _sealing = batch;
        return new SealDraft(batch, BatchesOf(batch.Stream).IsMerged(batch));
    }

    /// <summary>Brings back how the seal ended that <see cref="BeginSeal"/> drafted.</summary>
    public void CompleteSeal(JournalResult result)
    {
        var batch = _sealing ?? throw new InvalidOperationException($"partition {Id} has no seal in flight");
        _sealing = null;
        if (IsBroken)
            return;
        switch (result.Outcome)
        {
            case JournalOutcome.Committed:
                _failedSeals = 0;
                break;
            case JournalOutcome.Refused:
                // Surely not sealed, and no reason to refuse events: the same batch is tried again after a pause.
                BatchesOf(batch.Stream).Return(batch);
                _sealNotBefore = _time + Backoff.Ceiling(++_failedSeals, _limits.RetryPauseMin, _limits.RetryPauseMax);
                break;
            case JournalOutcome.Fenced:
                Move(result.Reason ?? "another instance sealed");
                break;
            default:
                Break(IntakeResult.Unavailable(result.Reason ?? "the journal did not take a seal", result.Fault), []);
                break;
        }
    }

    /// <summary>Fails every receipt that waits. The host calls it when it gives the partition up; a failed write does it too.</summary>
    public void Break(string reason) => Break(IntakeResult.Unavailable(reason), []);

    /// <summary>As <see cref="Break(string)"/>, where another instance can take the events: they are offered again, not refused.</summary>
    public void Move(string reason) => Break(IntakeResult.Moved(reason), []);

    /// <param name="answer">What the receipts are told.</param>
    /// <param name="returned">Counts of an append that was surely not stored.</param>
    private void Break(in IntakeResult answer, IReadOnlyList<LedgerCounts> returned)
    {
        if (IsBroken)
            return;
        IsBroken = true;
        long events = 0;
        foreach (var waiting in _inFlightWaiting.Concat(_waiting))
        {
            events += waiting.Events;
            waiting.Receipt.Complete(answer);
        }

        _inFlightWaiting.Clear();
        _waiting.Clear();
        foreach (var block in _full.Concat(_open.OfType<OpenBlock>()))
            block.Dispose();
        _full.Clear();
        Array.Clear(_open);

        // Of what was not written, the refusals are what an operator must see; the other counts went with the events.
        foreach (var counts in returned.Concat(_counts.Take()).Where(counts => counts.Refused > 0))
            _counts.Add(new LedgerCounts(counts.Hour, counts.Refused, 0, 0, 0, counts.Refused));
        if (events > 0 && answer.Outcome == IntakeOutcome.Unavailable)
            _counts.Add(new LedgerCounts(_clock.Hour, events, 0, 0, 0, events));
    }

    /// <summary>Of a broken partition: the counts that the instance after it carries on.</summary>
    public IReadOnlyList<LedgerCounts> TakeUnwrittenCounts() => _counts.Take();

    private void ReadClock(Instant now)
    {
        _now = now;
        _clock = Instant.Max(_clock, now);
        _time = _elapsed.Read(now);
    }

    private OpenBatches BatchesOf(LakeStream stream) => _batches[(int)stream];

    /// <summary>Marks and renders the new events of a batch.</summary>
    /// <returns>The position of the newest id that the batch depends on.</returns>
    private long Take(EventBatch batch, out IntakeResult result)
    {
        var dependsOn = DependsOnNothing;
        int accepted = 0, quarantined = 0, duplicates = 0;
        var validator = _validator();
        foreach (ref readonly var entry in batch.Events)
        {
            var isNew = _ids.TryAdd(entry.IdHash, out var position);
            dependsOn = Math.Max(dependsOn, position);
            if (!isNew)
            {
                duplicates++;
                continue;
            }

            // Nearly all were judged ahead; not those behind many errors, nor what a process of the version before sent. A
            // receiver judges nothing: the primary does, by its own rules.
            var errors = _isRelay ? null : EventJudge.Judge(batch, entry, validator);
            var stream = errors is null ? LakeStream.Good : LakeStream.Quarantine;
            var block = OpenBlockOf(stream);
            if (_isRelay)
            {
                _writer.WriteRelayed(block.Lines, batch, entry, _clock);
                accepted++;
            }
            else if (errors is null)
            {
                _writer.WriteGood(block.Lines, batch, entry, _clock);
                accepted++;
            }
            else
            {
                _writer.WriteQuarantined(block.Lines, batch, entry, _clock, errors);
                quarantined++;
            }

            block.Events++;
            if (block.Lines.Length >= _limits.BlockLineBytesMax)
                Close(stream);
        }

        result = new IntakeResult(IntakeOutcome.Stored, accepted, quarantined, duplicates);
        return dependsOn;
    }

    /// <summary>True where what is open of a stream is worth a block of its own.</summary>
    private bool IsFullEnough(LakeStream stream) => _open[(int)stream] is { } open && open.Lines.Length >= _limits.CompressAheadLineBytes;

    private OpenBlock OpenBlockOf(LakeStream stream)
    {
        ref var open = ref _open[(int)stream];
        if (open is not null && open.Hour != _clock.Hour)
            Close(stream);
        return open ??= new OpenBlock(stream, _clock, _lastLineBytes[(int)stream], _limits.StoreBelowLineBytes);
    }

    private void Close(LakeStream stream)
    {
        ref var open = ref _open[(int)stream];
        if (open is null)
            return;
        _lastLineBytes[(int)stream] = Math.Min(open.Lines.Length, _limits.CompressAheadLineBytes);
        _full.Add(open);
        open = null;
    }

    /// <summary>Of blocks that nobody compresses yet: true where nobody will.</summary>
    private bool AreStored(OpenBlock[] blocks)
    {
        foreach (var block in blocks)
        {
            if (block.Lines.Length >= _limits.StoreBelowLineBytes)
                return false;
        }

        return true;
    }

    /// <summary>A receipt, what it will be told, and how many events it stands for.</summary>
    private readonly record struct Waiting(Receipt Receipt, IntakeResult Result, int Events);
}
