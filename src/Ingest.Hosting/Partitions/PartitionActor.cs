using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>
/// Hosts one <see cref="Partition"/> of the engine: loads it from the journal, gives it turns, carries its appends and
/// seals to the journal, and loads it anew when it broke.
/// </summary>
public sealed class PartitionActor : Mailbox
{
    private static readonly IntakeResult Gone = IntakeResult.Moved("the partition is hosted elsewhere");

    private readonly PartitionId _id;
    private readonly PartitionHost _host;
    private readonly Action? _onRetired;
    private readonly PressureGauge _pressure;

    // What waits for the partition to be read, in order of arrival.
    private readonly Queue<Parked> _parked = new();
    private Partition? _partition;
    private IReadOnlyList<LedgerCounts> _carried = [];
    private TaskCompletionSource? _drained;
    private TaskCompletionSource? _left;
    private bool _isLoading;
    private bool _isRetired;
    private bool _stepsDown;
    private int _failures;

    // Why it has no partition now, as those are told who ask meanwhile.
    private IntakeFault _fault;
    private long _refused;
    private bool _wasOffered;

    // Times of the host's stopwatch: pauses must end whatever becomes of the wall clock. The first wake is due at once,
    // for a message may never come.
    private TimeSpan _noLoadBefore;
    private TimeSpan _lastOffer;
    private long _wakeAt;

    /// <param name="id">Which partition.</param>
    /// <param name="host">The process's partitions.</param>
    /// <param name="onRetired">Called once when it takes nothing any more and nobody asked it to leave.</param>
    internal PartitionActor(PartitionId id, PartitionHost host, Action? onRetired)
        : base(host.Work, host.Time)
    {
        _id = id;
        _host = host;
        _onRetired = onRetired;
        _pressure = new PressureGauge(host.Options);
        _lastOffer = host.Elapsed;
    }

    /// <summary>When the actor wants a <see cref="Wake"/>, by <see cref="PartitionHost.Elapsed"/>; any thread may read it.</summary>
    public TimeSpan WakeAt => new(Volatile.Read(ref _wakeAt));

    /// <summary>True while it has its partition; approximate while the actor runs.</summary>
    public bool IsLoaded => _partition is { IsBroken: false };

    /// <summary>Number of ids in memory, for status; approximate while the actor runs.</summary>
    public int IdCount => _partition?.IdCount ?? 0;

    /// <summary>
    /// Offers a batch, which the caller keeps until the task ends. <see cref="IntakeOutcome.Moved"/> without a number of
    /// partitions means that this actor takes nothing any more.
    /// </summary>
    /// <param name="batch">The events.</param>
    /// <param name="partitionCount">Number of partitions by which this one was chosen.</param>
    public ValueTask<IntakeResult> OfferAsync(EventBatch batch, int partitionCount)
    {
        var offering = Offering.Of(batch, partitionCount);
        var wait = offering.WaitAsync();
        Post(offering);
        return wait;
    }

    /// <summary>
    /// Stores what was taken and takes nothing more; completes once another instance may go on from the journal. Open
    /// batches stay open: that instance seals them.
    /// </summary>
    public async Task LeaveAsync()
    {
        var leave = new Leave(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Post(leave);
        await leave.Done.Task;
    }

    /// <summary>Gives the partition up as it is: whoever waits is told that nothing is known to be stored.</summary>
    public void Abandon() => Post(Abandoned.Message);

    /// <summary>Says where the partition has been too busy for long.</summary>
    /// <param name="now">The present time.</param>
    internal void SamplePressure(Instant now)
    {
        if (_pressure.IsHigh(now) && _partition is { } partition)
            _host.Surroundings.OnPressure?.Invoke(_id, partition.PartitionCount);
    }

    /// <summary>Stores and seals everything; completes when the journal has it, or it surely cannot now.</summary>
    public async Task DrainAsync()
    {
        var drain = new Drain(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Post(drain);
        await drain.Done.Task;
    }

    protected override void Handle(object message)
    {
        switch (message)
        {
            case Offering offering:
                Offer(offering);
                break;
            case AppendEnded ended:
                _host.Surroundings.OnWritten(ended.Result);
                _stepsDown |= StepsDown(ended.Partition, ended.Result);
                // A journal that fences works: an hour was closed, and the partition is read anew without a pause.
                if (ended.Result.Outcome is JournalOutcome.Committed or JournalOutcome.Fenced)
                    _failures = 0;
                else
                    _fault = ended.Result.Fault;
                if (ended.Append is null)
                    ended.Partition.Break(ended.Result.Reason ?? "the block could not be encoded");
                else
                    ended.Partition.CompleteAppend(ended.Append, ended.Result);
                break;
            case SealEnded ended:
                ended.Partition.CompleteSeal(ended.Result);
                _stepsDown |= StepsDown(ended.Partition, ended.Result);
                if (ended.Result.Outcome == JournalOutcome.Committed)
                    _host.Surroundings.OnSealed(_id);
                else if (ended.Result.Outcome == JournalOutcome.Fenced)
                    // As above: the instance before this one had the same seal under way.
                    _failures = 0;
                else
                    _fault = ended.Result.Fault;
                break;
            case Loaded loaded:
                FinishLoad(loaded);
                break;
            case Drain drain:
                _drained = drain.Done;
                break;
            case Leave leave:
                _left = leave.Done;
                break;
            case Abandoned:
                _partition?.Break("the partition was given up");
                _stepsDown = true;
                break;
            case HasUnsealed:
                if (_partition is { IsIdle: true } idle)
                    BeginCompare(idle);
                break;
            case Compared compared:
                if (compared.Partition == _partition && _partition.IsIdle && _partition.NextSeq != compared.NextSeq)
                    _partition.Break("the journal holds blocks that it does not know");
                break;
            case Wake:
                break;
            default:
                throw new InvalidOperationException($"unknown message {message.GetType()}");
        }
    }

    protected override void EndTurn()
    {
        if (_isRetired)
        {
            FinishDrain(isDone: true);
            _left?.TrySetResult();
            return;
        }

        var time = _host.Elapsed;
        if (_wasOffered)
            (_lastOffer, _wasOffered) = (time, false);
        DropBroken();
        if (_stepsDown)
            Retire();
        else if (_partition is null)
            EndTurnUnloaded(time);
        else
            EndTurnLoaded(_partition, time);
    }

    protected override void TurnTook(TimeSpan time) => _pressure.TurnTook(time);

    protected override void Recover(Exception exception)
    {
        _host.Log.PartitionFailed(exception, _id);
        _partition?.Break("internal error");
        Post(Wake.Message);
    }

    private void DropBroken()
    {
        if (_partition is not { IsBroken: true } broken)
            return;
        _host.Log.OnPartitionBroken(_id);
        _carried = broken.TakeUnwrittenCounts();
        _partition = null;
        // The first failure in a row costs no pause: most are over when the journal is read anew.
        _noLoadBefore = _failures++ == 0 ? TimeSpan.Zero : _host.Elapsed + _host.PauseAfter(_failures);
    }

    /// <summary>
    /// Without its partition an actor always tries to load it: blocks may wait to be sealed, and counts to be written. It
    /// gives up only when nobody asked for long.
    /// </summary>
    private void EndTurnUnloaded(TimeSpan time)
    {
        if (_left is not null)
        {
            Retire();
            return;
        }

        if (!_isLoading && time >= _noLoadBefore)
            BeginLoad();
        while (_parked.TryPeek(out var parked) && parked.Until <= time)
            // The journal does not answer in time, whatever will become of the read.
            Refuse(_parked.Dequeue().Offering, IntakeFault.Journal);
        FinishDrain(isDone: !_isLoading);
        if (!_isLoading && _carried.Count == 0 && _refused == 0 && time - _lastOffer >= _host.Options.IdleAge)
        {
            Retire();
            return;
        }

        var wake = _isLoading ? TimeSpan.MaxValue : _noLoadBefore;
        if (_parked.TryPeek(out var next) && next.Until < wake)
            wake = next.Until;
        Volatile.Write(ref _wakeAt, wake.Ticks);
    }

    private void EndTurnLoaded(Partition partition, TimeSpan time)
    {
        var now = _host.Now;
        var (isDraining, isLeaving) = (_drained is not null, _left is not null);
        var countsToo = isDraining || isLeaving || time - _lastOffer >= _host.Options.CountsAge;
        BeginWrites(partition, countsToo);
        if (!isLeaving && partition.BeginSeal(now, drain: isDraining && !partition.HasEvents) is { } seal)
            Begin(partition, seal);

        FinishDrain(partition.IsIdle);
        if (isLeaving && partition.IsQuiet)
            Retire();
        else if (partition.IsIdle && time - _lastOffer >= _host.Options.IdleAge)
            Retire();
        else
            Volatile.Write(ref _wakeAt, NextWake(partition, time, now).Ticks);
    }

    private void BeginWrites(Partition partition, bool countsToo)
    {
        if (partition.BeginAppend(_host.Dedupe.Share, countsToo) is { } append)
            Begin(partition, append);
        while (partition.BeginCompression() is { } compression)
            Begin(compression);
    }

    /// <summary>Outside the turn, unless handing it over would cost more than it does.</summary>
    private void Begin(Partition partition, AppendDraft draft)
    {
        if (draft.IsLight)
            _ = AppendAsync(partition, draft);
        else
            BeginElsewhere(partition, draft);
    }

    // Apart from their callers, so that their closures are not made where they are not needed.
    private void BeginElsewhere(Partition partition, AppendDraft draft) => _ = _host.Work.Run(() => AppendAsync(partition, draft));

    private void Begin(Action compression) => _ = _host.Work.Run(() => CompressAhead(compression));

    private void Begin(Partition partition, SealDraft draft) => _ = _host.Work.Run(() => SealAsync(partition, draft));

    private void Offer(Offering offering)
    {
        _wasOffered = true;
        if (_isRetired || _left is not null)
        {
            offering.Complete(Gone);
            return;
        }

        DropBroken();
        if (_partition is null)
        {
            if (_host.Elapsed < _noLoadBefore)
            {
                Refuse(offering, _fault);
                return;
            }

            _parked.Enqueue(new Parked(offering, _host.Elapsed + _host.Limits.JournalTimeout));
            return;
        }

        try
        {
            _partition.Offer(offering.Batch, offering.PartitionCount, _host.Now, offering);
        }
        catch (Exception exception)
        {
            // The partition has failed every receipt, this one too, and is broken now.
            _host.Log.PartitionFailed(exception, _id);
        }

        if (_partition.HasFullBlock)
            BeginWrites(_partition, countsToo: false);
    }

    private void BeginLoad()
    {
        _isLoading = true;
        _ = _host.Work.Run(LoadAsync);
    }

    private async Task LoadAsync()
    {
        try
        {
            // The number first: one learned after the read could be that of a split whose ids the read did not see yet.
            var count = await _host.Surroundings.PartitionCountOf(_id.Source);
            // Ids of any age: what has become too old is the partition's own judgement, which a wrong clock does not mislead.
            var snapshot = await _host.ReadAsync(_id, _host.Dedupe.LoadShare);
            if (count == 0 && snapshot.PartitionCount == 0)
                throw new JournalUnavailableException("the number of partitions of the source is not known yet");
            Post(new Loaded(count, snapshot, null));
        }
        catch (Exception exception)
        {
            Post(new Loaded(0, null, exception));
        }
    }

    /// <summary>Apart from where messages are handled, so that its closure is not made for each of them.</summary>
    private void BeginCompare(Partition idle) => _ = _host.Work.Run(() => CompareAsync(idle));

    /// <summary>A late append of an instance given up may have come through after this one was read.</summary>
    private async Task CompareAsync(Partition partition)
    {
        try
        {
            Post(new Compared(partition, (await _host.ReadAsync(_id, idsMax: 0)).NextSeq));
        }
        catch (Exception exception) when (exception is JournalUnavailableException or OperationCanceledException)
        {
            // The next round asks again.
        }
    }

    private void FinishLoad(Loaded loaded)
    {
        _isLoading = false;
        if (_isRetired)
            return;
        if (loaded.Snapshot is null)
        {
            _failures++;
            _noLoadBefore = _host.Elapsed + _host.PauseAfter(_failures);
            // One that is damaged needs a person: another place for its events would only hide that.
            _fault = loaded.Error is JournalCorruptException ? IntakeFault.Other : IntakeFault.Journal;
            _host.Log.OnPartitionNotLoaded(loaded.Error!, _id);
            while (_parked.TryDequeue(out var refused))
                Refuse(refused.Offering, _fault);
            return;
        }

        if (_refused > 0)
            _carried = [.. _carried, new LedgerCounts(_host.Now.Hour, _refused, 0, 0, 0, _refused)];
        _partition = new Partition(
            _id,
            loaded.PartitionCount,
            _host.Limits,
            () => _host.Surroundings.ValidatorOf(_id.Source),
            loaded.Snapshot,
            _host.Now,
            _carried,
            _host.NextSeed());
        _carried = [];
        _refused = 0;

        // One of them may break the partition: those after it are parked anew.
        for (var waiting = _parked.Count; waiting > 0; waiting--)
            Offer(_parked.Dequeue().Offering);
    }

    private void Refuse(Offering offering, IntakeFault fault)
    {
        _refused += offering.Batch.Events.Length;
        offering.Complete(IntakeResult.Unavailable("the journal cannot be read", fault));
    }

    private async Task AppendAsync(Partition partition, AppendDraft draft)
    {
        Append? append = null;
        JournalResult result;
        try
        {
            var began = _host.Time.GetTimestamp();
            append = draft.Encode();
            _pressure.Encoded(_host.Time.GetElapsedTime(began));
            var timeout = _host.Timeouts.Rent(_host.Limits.JournalTimeout);
            try
            {
                result = await _host.Journal.AppendAsync(append, timeout.Token);
            }
            finally
            {
                _host.Timeouts.Return(timeout);
            }
        }
        catch (Exception exception)
        {
            _host.Log.AppendFailed(exception, _id);
            result = new JournalResult(JournalOutcome.Unknown, exception.Message);
        }

        Post(new AppendEnded(partition, append, result));
    }

    /// <summary>A failure is not told: the append compresses the block again, and tells of its own.</summary>
    private Task CompressAhead(Action compression)
    {
        var began = _host.Time.GetTimestamp();
        try
        {
            compression();
        }
        catch (Exception)
        {
            // See above.
        }

        _pressure.Encoded(_host.Time.GetElapsedTime(began));
        return Task.CompletedTask;
    }

    private async Task SealAsync(Partition partition, SealDraft draft)
    {
        JournalResult result;
        try
        {
            result = await _host.SealAsync(draft);
        }
        catch (Exception exception)
        {
            _host.Log.OnSealFailed(exception, _id);
            result = new JournalResult(JournalOutcome.Unknown, exception.Message);
        }

        Post(new SealEnded(partition, result));
    }

    private TimeSpan NextWake(Partition partition, TimeSpan time, Instant now)
    {
        var wake = _lastOffer + (partition.HasCounts ? _host.Options.CountsAge : _host.Options.IdleAge);
        return partition.SealDueAt is { } due && time + (due - now) < wake ? time + (due - now) : wake;
    }

    private void FinishDrain(bool isDone)
    {
        if (isDone && _drained is { } drained)
        {
            _drained = null;
            drained.SetResult();
        }
    }

    /// <summary>Leaves the directory; what waits, and what still arrives here, is told that it moved.</summary>
    private void Retire()
    {
        _isRetired = true;
        Volatile.Write(ref _wakeAt, TimeSpan.MaxValue.Ticks);
        _partition?.Move("the partition is hosted elsewhere");
        while (_parked.TryDequeue(out var parked))
            parked.Offering.Complete(Gone);
        var uncounted = _refused + _carried.Concat(_partition?.TakeUnwrittenCounts() ?? []).Sum(counts => counts.Refused);
        if (uncounted > 0)
            _host.Log.RefusalsNotCounted(_id, uncounted);
        FinishDrain(isDone: true);
        _host.Retired(_id, this);
        if (_left is { } left)
            left.TrySetResult();
        else
            _onRetired?.Invoke();
    }

    /// <summary>The instance at work was fenced. A late word about one given up before says nothing of this one.</summary>
    private bool StepsDown(Partition partition, JournalResult result) =>
        partition == _partition && _host.Options.StepsDownWhenFenced && result.Outcome == JournalOutcome.Fenced;

    public sealed record Wake
    {
        public static readonly Wake Message = new();
    }

    /// <summary>The journal holds unsealed blocks of this partition: an instance that knows of none must be read anew.</summary>
    public sealed record HasUnsealed
    {
        public static readonly HasUnsealed Message = new();
    }

    private readonly record struct Parked(Offering Offering, TimeSpan Until);

    private sealed record Compared(Partition Partition, long NextSeq);

    private sealed record Drain(TaskCompletionSource Done);

    private sealed record Leave(TaskCompletionSource Done);

    private sealed record Abandoned
    {
        public static readonly Abandoned Message = new();
    }

    private sealed record Loaded(int PartitionCount, PartitionSnapshot? Snapshot, Exception? Error);

    private sealed record AppendEnded(Partition Partition, Append? Append, JournalResult Result);

    private sealed record SealEnded(Partition Partition, JournalResult Result);
}
