namespace Ingest.Engine.Tests;

/// <summary>How a write to the journal ends in a history.</summary>
internal enum WriteFate
{
    AsItShould,
    StoredAndLost,
    Refused,
    Lost,

    /// <summary>The answer is given up; the write may still arrive, at any time.</summary>
    Hangs,
}

/// <summary>
/// One activation of a partition with the host's work around it, cut into single steps: a world decides when each step
/// happens and how each write ends.
/// </summary>
/// <param name="id">Which partition.</param>
/// <param name="partitionCount">The number of partitions of its source as the host knows it, which may be an old one.</param>
/// <param name="limits">Its limits.</param>
/// <param name="journal">Where it writes.</param>
/// <param name="hanging">Writes that were given up and may still arrive.</param>
internal sealed class Activation(
    PartitionId id, Func<int> partitionCount, Limits limits, ModelJournal journal, List<Func<ValueTask<JournalResult>>> hanging)
{
    private readonly List<Request.Sending> _sendings = [];
    private readonly List<Action> _late = [];
    private Partition? _partition;
    private IReadOnlyList<LedgerCounts> _carried = [];
    private Append? _append;
    private SealDraft? _seal;

    public bool IsAppending => _append is not null;

    public bool IsSealing => _seal is not null;

    /// <param name="sending">What is sent.</param>
    /// <param name="count">The number of partitions by which the router chose this one.</param>
    /// <param name="now">The wall clock.</param>
    public void Offer(Request.Sending sending, int count, Instant now)
    {
        // A turn handles several messages, and the first may have broken it.
        EndTurn();
        Load(now);
        using var batch = sending.ToBatch();
        _sendings.Add(sending);
        _partition!.Offer(batch, count, now, sending);
    }

    public void BeginAppend(Instant now, bool countsToo)
    {
        Load(now);
        if (_partition!.BeginAppend(countsToo: countsToo) is not { } draft)
            return;
        _append = draft.Encode();
        Assert.InRange(_partition.IdCount, 0, Math.Max(limits.DedupeIdsMax, _append.Ids.Length / 16));
    }

    /// <summary>The host may compress ahead, early or late or not at all.</summary>
    public void BeginCompression(bool now)
    {
        if (_partition?.BeginCompression() is not { } compression)
            return;
        if (now)
            compression();
        else
            _late.Add(compression);
    }

    /// <summary>What was begun before is done now, whatever has become of its partition.</summary>
    public void EndCompression()
    {
        _late.ForEach(compression => compression());
        _late.Clear();
    }

    public void EndAppend(WriteFate fate)
    {
        var append = _append!;
        _append = null;
        _partition!.CompleteAppend(append, Write(fate, () => journal.AppendAsync(append, CancellationToken.None)));
    }

    public void BeginSeal(Instant now, bool drain)
    {
        Load(now);
        _seal ??= _partition!.BeginSeal(now, drain);
    }

    public void EndSeal(WriteFate fate)
    {
        var draft = _seal!;
        _seal = null;
        var batch = draft.Batch;
        var seal = draft.AsStored();
        if (draft.Merge)
        {
            var blocks = journal.ReadBlocksAsync(
                batch.Partition, batch.Stream, batch.FromSeq, batch.ToSeq, CancellationToken.None);
            try
            {
                seal = draft.Merged(Sync.Result(GzipMember.MergeAsync(blocks, batch.LineBytes)));
            }
            catch (InvalidDataException)
            {
                // Another activation sealed some of these blocks: the host cannot tell, and gives up.
                _partition!.CompleteSeal(new JournalResult(JournalOutcome.Unknown));
                return;
            }
        }

        _partition!.CompleteSeal(Write(fate, () => journal.SealAsync(seal, CancellationToken.None)));
    }

    /// <summary>
    /// What a host does at the end of each turn: a broken partition has answered everybody, and is let go.
    /// </summary>
    public void EndTurn()
    {
        if (_partition is not { IsBroken: true })
            return;
        Assert.All(_sendings, sending => Assert.True(sending.IsAnswered, "broken, and somebody still waits"));
        _sendings.Clear();
        _carried = _partition.TakeUnwrittenCounts();
        _partition = null;
        if (_append is { } append)
            // Nobody waits for it any more, but it is on its way.
            hanging.Add(() => journal.AppendAsync(append, CancellationToken.None));
        _append = null;
        _seal = null;
    }

    /// <summary>
    /// The host stops in order: what waits is written and sealed. Nothing fails any more, but the past may show.
    /// </summary>
    public void Drain(Instant now)
    {
        // What was in flight may be fenced, and the counts of that are written by the next instance: twice is enough.
        for (var rebuilds = 0; rebuilds <= 2; rebuilds++)
        {
            if (TryDrain(now))
            {
                Assert.All(_sendings, sending => Assert.True(sending.IsAnswered, "idle, and somebody still waits"));
                return;
            }
        }

        Assert.Fail("broken again and again, without a fault");
    }

    private bool TryDrain(Instant now)
    {
        Load(now);
        var partition = _partition!;
        while (!partition.IsIdle && !partition.IsBroken)
        {
            BeginAppend(now, countsToo: true);
            if (IsAppending)
                EndAppend(WriteFate.AsItShould);
            BeginSeal(now, drain: true);
            if (IsSealing)
                EndSeal(WriteFate.AsItShould);
            else if (partition.SealDueAt is { } due)
                // A seal that was refused pauses.
                now = Instant.Max(now, due);
        }

        EndTurn();
        return !partition.IsBroken;
    }

    private void Load(Instant now)
    {
        if (_partition is not null)
            return;
        var snapshot = Sync.Result(
            journal.ReadPartitionAsync(id, limits.DedupeIdsMax, new Instant(long.MinValue), CancellationToken.None));
        _partition = new Partition(id, partitionCount(), limits, () => new TestEvent.Validator(), snapshot, now, _carried, seed: 42);
        _carried = [];
    }

    private JournalResult Write(WriteFate fate, Func<ValueTask<JournalResult>> write)
    {
        switch (fate)
        {
            case WriteFate.AsItShould:
                return Sync.Result(write());
            case WriteFate.Refused:
                return new JournalResult(JournalOutcome.Refused, "disk full");
            case WriteFate.StoredAndLost:
                Sync.Result(write());
                break;
            case WriteFate.Hangs:
                hanging.Add(write);
                break;
        }

        return new JournalResult(JournalOutcome.Unknown, "no answer");
    }
}
