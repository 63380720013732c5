using Ingest.Engine;

namespace Ingest.TestKit;

/// <summary>A real journal whose appends a test can hold, refuse, or lose the answers of.</summary>
public sealed class ScriptedJournal(IJournal inner) : IJournal
{
    private int _appends;
    private int _partitionReads;
    private int _excesses;

    /// <summary>What happens to the next appends, one after the other; without any they go through.</summary>
    public Queue<Func<Func<ValueTask<JournalResult>>, CancellationToken, ValueTask<JournalResult>>> Script { get; } = new();

    /// <summary>What happens to seals; null where they go through.</summary>
    public Func<Func<ValueTask<JournalResult>>, ValueTask<JournalResult>>? SealScript { get; set; }

    public bool IsReadable { get; set; } = true;

    /// <summary>True where nothing is sealed: every batch stays open.</summary>
    public bool RefusesSeals { get; set; }

    /// <summary>True where it lists more batches than it is asked for, which no journal may.</summary>
    public bool ExceedsLimits { get; set; }

    /// <summary>How often it did so.</summary>
    public int Excesses => Volatile.Read(ref _excesses);

    /// <summary>Number of appends so far.</summary>
    public int Appends => Volatile.Read(ref _appends);

    /// <summary>Number of partitions read so far.</summary>
    public int PartitionReads => Volatile.Read(ref _partitionReads);

    /// <summary>What happens to the next splits, one after the other; without any they go through.</summary>
    public Queue<Func<Func<ValueTask<JournalResult>>, ValueTask<JournalResult>>> Splits { get; } = new();

    /// <summary>Called once, between the next read of a partition and its answer.</summary>
    public Func<Task>? OnPartitionRead { get; set; }

    /// <summary>True where seals are stored, but their answers get lost.</summary>
    public bool LosesSealAnswers { get; set; }

    /// <summary>True where stored blocks are damaged.</summary>
    public bool IsDamaged { get; set; }

    public string Id => inner.Id;

    public ValueTask<JournalResult> AppendAsync(Append append, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _appends);
        Func<Func<ValueTask<JournalResult>>, CancellationToken, ValueTask<JournalResult>>? scripted;
        lock (Script)
            Script.TryDequeue(out scripted);
        return scripted is null
            ? inner.AppendAsync(append, cancellation)
            : scripted(() => inner.AppendAsync(append, CancellationToken.None), cancellation);
    }

    public async ValueTask<PartitionSnapshot> ReadPartitionAsync(
        PartitionId partition, int idsMax, Instant idsSince, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _partitionReads);
        if (!IsReadable)
            throw new JournalUnavailableException("the test closed the journal");
        var snapshot = await inner.ReadPartitionAsync(partition, idsMax, idsSince, cancellation);
        if (OnPartitionRead is { } onPartitionRead)
        {
            OnPartitionRead = null;
            await onPartitionRead();
        }

        return snapshot;
    }

    public ValueTask<IReadOnlyList<PartitionId>> ReadUnsealedPartitionsAsync(
        Lane lane, Instant receivedBefore, CancellationToken cancellation) =>
        inner.ReadUnsealedPartitionsAsync(lane, receivedBefore, cancellation);

    public ValueTask<IReadOnlyDictionary<string, int>> ReadPartitionCountsAsync(CancellationToken cancellation) =>
        inner.ReadPartitionCountsAsync(cancellation);

    public ValueTask<JournalResult> SplitAsync(string source, int from, int to, CancellationToken cancellation) =>
        Splits.TryDequeue(out var scripted)
            ? scripted(() => inner.SplitAsync(source, from, to, CancellationToken.None))
            : inner.SplitAsync(source, from, to, cancellation);

    public ValueTask<JournalResult> CloseHourAsync(LakeHour hour, CancellationToken cancellation) =>
        inner.CloseHourAsync(hour, cancellation);

    public ValueTask<LakeHour?> ReadClosedHourAsync(CancellationToken cancellation) => IsReadable
        ? inner.ReadClosedHourAsync(cancellation)
        : throw new JournalUnavailableException("the test closed the journal");

    public async ValueTask<JournalResult> SealAsync(Seal seal, CancellationToken cancellation)
    {
        if (RefusesSeals)
            return new JournalResult(JournalOutcome.Refused, "the test keeps batches open");
        if (SealScript is { } script)
            return await script(() => inner.SealAsync(seal, CancellationToken.None));
        var result = await inner.SealAsync(seal, cancellation);
        return LosesSealAnswers ? new JournalResult(JournalOutcome.Unknown, "the test lost the answer") : result;
    }

    public ValueTask<JournalResult> ConfirmAsync(BatchId batch, ShippedObject shipped, CancellationToken cancellation) =>
        inner.ConfirmAsync(batch, shipped, cancellation);

    public async ValueTask<IReadOnlyList<Batch>> ReadPendingAsync(
        Lane lane, int limit, IReadOnlySet<BatchId> without, CancellationToken cancellation)
    {
        var pending = await inner.ReadPendingAsync(lane, limit, without, cancellation);
        if (!ExceedsLimits || pending.Count == 0)
            return pending;
        Interlocked.Increment(ref _excesses);
        return [.. Enumerable.Repeat(pending[0], limit + 1)];
    }

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBatchAsync(Batch batch, CancellationToken cancellation) =>
        inner.ReadBatchAsync(batch, cancellation);

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBlocksAsync(
        PartitionId partition, LakeStream stream, long fromSeq, long toSeq, CancellationToken cancellation) => IsDamaged
        ? throw new JournalCorruptException("the test damaged a block")
        : inner.ReadBlocksAsync(partition, stream, fromSeq, toSeq, cancellation);

    public IAsyncEnumerable<LedgerRow> ReadLedgerAsync(LakeHour from, CancellationToken cancellation) =>
        inner.ReadLedgerAsync(from, cancellation);

    public IAsyncEnumerable<ShippedBatch> ReadShippedAsync(LakeHour from, CancellationToken cancellation) =>
        inner.ReadShippedAsync(from, cancellation);

    public ValueTask<JournalStatus> ReadStatusAsync(CancellationToken cancellation) => inner.ReadStatusAsync(cancellation);

    public ValueTask<JournalResult> RecordRelayedAsync(RelayedObject relayed, CancellationToken cancellation) =>
        inner.RecordRelayedAsync(relayed, cancellation);

    public ValueTask<bool> WasRelayedAsync(string region, string key, string sha256, CancellationToken cancellation) =>
        inner.WasRelayedAsync(region, key, sha256, cancellation);

    public ValueTask<JournalResult> ForgetBeforeAsync(LakeHour before, CancellationToken cancellation) =>
        inner.ForgetBeforeAsync(before, cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
