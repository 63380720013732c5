using Ingest.Engine;

namespace Ingest.Node;

/// <summary>
/// Hosts one <see cref="Partition"/> of the engine: loads it from the journal, gives it turns, carries its appends and
/// seals to the journal, and loads it anew when it broke.
/// </summary>
internal sealed class PartitionActor : Mailbox
{
    private readonly PartitionId _id;
    private readonly PartitionHost _host;
    private readonly List<Offering> _parked = [];
    private Partition? _partition;
    private IReadOnlyList<LedgerCounts> _carried = [];
    private TaskCompletionSource? _drained;
    private bool _isLoading;
    private bool _isRetired;
    private int _failures;
    private long _refused;
    private Instant _noLoadBefore;
    private Instant _lastOffer;
    private long _wakeAt = long.MaxValue;

    public PartitionActor(PartitionId id, PartitionHost host)
    {
        _id = id;
        _host = host;
        _lastOffer = host.Now;
    }

    /// <summary>Unix milliseconds at which the actor wants a <see cref="Wake"/>; <see cref="long.MaxValue"/> for never. Any thread may read it.</summary>
    public long WakeAt => Volatile.Read(ref _wakeAt);

    /// <summary>True while it has its partition; approximate while the actor runs.</summary>
    public bool IsLoaded => _partition is { IsBroken: false };

    /// <summary>Number of ids in memory, for status; approximate while the actor runs.</summary>
    public int IdCount => _partition?.IdCount ?? 0;

    /// <summary>Stores and seals everything; completes when the journal has it, or it surely cannot now.</summary>
    public Task DrainAsync()
    {
        var drain = new Drain(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Post(drain);
        return drain.Done.Task;
    }

    protected override void Handle(object message)
    {
        switch (message)
        {
            case Offering offering:
                Offer(offering);
                break;
            case AppendEnded ended:
                _host.Written(ended.Result);
                if (ended.Result.Outcome == JournalOutcome.Committed)
                    _failures = 0;
                if (ended.Append is null)
                    ended.Partition.Break(ended.Result.Reason ?? "the block could not be encoded");
                else
                    ended.Partition.CompleteAppend(ended.Append, ended.Result);
                break;
            case SealEnded ended:
                ended.Partition.CompleteSeal(ended.Result);
                if (ended.Result.Outcome == JournalOutcome.Committed)
                    _host.Sealed();
                break;
            case Loaded loaded:
                FinishLoad(loaded);
                break;
            case Drain drain:
                _drained = drain.Done;
                break;
            case HasUnsealed:
                if (_partition is { IsIdle: true } idle)
                    _ = Task.Run(() => CompareAsync(idle));
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
            return;
        }

        var now = _host.Now;
        DropBroken(now);
        if (_partition is null)
            EndTurnUnloaded(now);
        else
            EndTurnLoaded(_partition, now);
    }

    protected override void Recover(Exception exception)
    {
        _host.Log.PartitionFailed(exception, _id);
        _partition?.Break("internal error");
        Post(Wake.Message);
    }

    private void DropBroken(Instant now)
    {
        if (_partition is not { IsBroken: true } broken)
            return;
        _host.Log.PartitionBroken(_id);
        _carried = broken.TakeUnwrittenCounts();
        _partition = null;
        // The first failure in a row costs no pause: most are over when the journal is read anew.
        _noLoadBefore = _failures++ == 0 ? now : now + _host.PauseAfter(_failures);
    }

    /// <summary>
    /// Without its partition an actor always tries to load it: blocks may wait to be sealed, and counts to be written. It
    /// gives up only when nobody asked for long.
    /// </summary>
    private void EndTurnUnloaded(Instant now)
    {
        if (!_isLoading && now >= _noLoadBefore)
            BeginLoad();
        FinishDrain(isDone: !_isLoading);
        if (!_isLoading && _carried.Count == 0 && _refused == 0 && now - _lastOffer >= _host.Options.IdleAge)
            Retire();
        else
            Volatile.Write(ref _wakeAt, _noLoadBefore.UnixMilliseconds);
    }

    private void EndTurnLoaded(Partition partition, Instant now)
    {
        var isDraining = _drained is not null;
        if (partition.BeginAppend(countsToo: isDraining || now - _lastOffer >= _host.Options.CountsAge) is { } append)
            _ = Task.Run(() => AppendAsync(partition, append));
        if (partition.BeginSeal(now, drain: isDraining && !partition.HasEvents) is { } seal)
            _ = Task.Run(() => SealAsync(partition, seal));

        FinishDrain(partition.IsIdle);
        if (partition.IsIdle && now - _lastOffer >= _host.Options.IdleAge)
            Retire();
        else
            Volatile.Write(ref _wakeAt, NextWake(partition).UnixMilliseconds);
    }

    private void Offer(Offering offering)
    {
        var now = _host.Now;
        _lastOffer = now;
        if (_isRetired)
        {
            _host.Forward(_id, offering);
            return;
        }

        DropBroken(now);
        if (_partition is null)
        {
            if (now < _noLoadBefore)
            {
                Refuse(offering);
                return;
            }

            _parked.Add(offering);
            return;
        }

        try
        {
            _partition.Offer(offering.Batch, offering.PartitionCount, now, offering);
        }
        catch (Exception exception)
        {
            // The partition has failed every receipt, this one too, and is broken now.
            _host.Log.PartitionFailed(exception, _id);
        }
    }

    private void BeginLoad()
    {
        _isLoading = true;
        _ = Task.Run(LoadAsync);
    }

    private async Task LoadAsync()
    {
        try
        {
            // The count first: one learned after the read could be of a split whose ids the read did not see yet.
            var count = _host.PartitionCountOf(_id.Source);
            // Ids of any age: what has become too old is the partition's own judgement, which a wrong clock does not mislead.
            Post(new Loaded(count, await _host.ReadAsync(_id, _host.Limits.DedupeIdsMax), null));
        }
        catch (Exception exception)
        {
            Post(new Loaded(0, null, exception));
        }
    }

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
        if (loaded.Snapshot is null)
        {
            _failures++;
            _noLoadBefore = _host.Now + _host.PauseAfter(_failures);
            _host.Log.PartitionNotLoaded(loaded.Error!, _id);
            foreach (var offering in _parked)
                Refuse(offering);
            _parked.Clear();
            return;
        }

        if (_refused > 0)
            _carried = [.. _carried, new LedgerCounts(_host.Now.Hour, _refused, 0, 0, 0, _refused)];
        _partition = new Partition(
            _id,
            loaded.PartitionCount,
            _host.Limits,
            () => _host.ValidatorOf(_id.Source),
            loaded.Snapshot,
            _host.Now,
            _carried,
            PartitionHost.NextSeed());
        _carried = [];
        _refused = 0;
        foreach (var offering in _parked)
            Offer(offering);
        _parked.Clear();
    }

    private void Refuse(Offering offering)
    {
        _refused += offering.Batch.Events.Length;
        offering.Complete(IntakeResult.Unavailable("the journal cannot be read"));
    }

    private async Task AppendAsync(Partition partition, AppendDraft draft)
    {
        Append? append = null;
        JournalResult result;
        try
        {
            append = draft.Encode();
            using var timeout = new CancellationTokenSource(_host.Limits.JournalTimeout);
            result = await _host.Journal.AppendAsync(append, timeout.Token);
        }
        catch (Exception exception)
        {
            _host.Log.AppendFailed(exception, _id);
            result = new JournalResult(JournalOutcome.Unknown, exception.Message);
        }

        Post(new AppendEnded(partition, append, result));
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
            _host.Log.SealFailed(exception, _id);
            result = new JournalResult(JournalOutcome.Unknown, exception.Message);
        }

        Post(new SealEnded(partition, result));
    }

    private Instant NextWake(Partition partition)
    {
        var wake = _lastOffer + _host.Options.IdleAge;
        if (partition.HasCounts)
            wake = Instant.Min(wake, _lastOffer + _host.Options.CountsAge);
        return partition.SealDueAt is { } due ? Instant.Min(wake, due) : wake;
    }

    private void FinishDrain(bool isDone)
    {
        if (isDone && _drained is { } drained)
        {
            _drained = null;
            drained.SetResult();
        }
    }

    /// <summary>Leaves the directory; what still arrives here is forwarded to the instance that follows.</summary>
    private void Retire()
    {
        _isRetired = true;
        Volatile.Write(ref _wakeAt, long.MaxValue);
        _host.Retired(_id, this);
    }

    public sealed record Wake
    {
        public static readonly Wake Message = new();
    }

    /// <summary>The journal holds unsealed blocks of this partition: an instance that knows of none must be read anew.</summary>
    public sealed record HasUnsealed
    {
        public static readonly HasUnsealed Message = new();
    }

    private sealed record Compared(Partition Partition, long NextSeq);

    private sealed record Drain(TaskCompletionSource Done);

    private sealed record Loaded(int PartitionCount, PartitionSnapshot? Snapshot, Exception? Error);

    private sealed record AppendEnded(Partition Partition, Append? Append, JournalResult Result);

    private sealed record SealEnded(Partition Partition, JournalResult Result);
}
