using Ingest.Engine;

namespace Ingest.TestKit;

/// <summary>A real journal whose appends a test can hold, refuse, or lose the answers of.</summary>
public sealed class ScriptedJournal(IJournal inner) : IJournal
{
    private int _appends;
    private int _partitionReads;

    /// <summary>What happens to the next appends, one after the other; without any they go through.</summary>
    public Queue<Func<Func<ValueTask<JournalResult>>, CancellationToken, ValueTask<JournalResult>>> Script { get; } = new();

    /// <summary>What happens to seals; null where they go through.</summary>
    public Func<Func<ValueTask<JournalResult>>, ValueTask<JournalResult>>? SealScript { get; set; }

    public bool IsReadable { get; set; } = true;

    /// <summary>True where nothing is sealed: every batch stays open.</summary>
    public bool RefusesSeals { get; set; }

    /// <summary>Number of appends so far.</summary>
    public int Appends => Volatile.Read(ref _appends);

    /// <summary>Number of partitions read so far.</summary>
    public int PartitionReads => Volatile.Read(ref _partitionReads);

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

    public ValueTask<PartitionSnapshot> ReadPartitionAsync(
        PartitionId partition, int idsMax, Instant idsSince, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _partitionReads);
        return IsReadable
            ? inner.ReadPartitionAsync(partition, idsMax, idsSince, cancellation)
            : throw new JournalUnavailableException("the test closed the journal");
    }

    public ValueTask<IReadOnlyList<PartitionId>> ReadUnsealedPartitionsAsync(
        Lane lane, Instant receivedBefore, CancellationToken cancellation) =>
        inner.ReadUnsealedPartitionsAsync(lane, receivedBefore, cancellation);

    public ValueTask<IReadOnlyDictionary<string, int>> ReadPartitionCountsAsync(CancellationToken cancellation) =>
        inner.ReadPartitionCountsAsync(cancellation);

    public ValueTask<JournalResult> SplitAsync(string source, int from, int to, CancellationToken cancellation) =>
        inner.SplitAsync(source, from, to, cancellation);

    public ValueTask<JournalResult> SealAsync(Seal seal, CancellationToken cancellation) => RefusesSeals
        ? ValueTask.FromResult(new JournalResult(JournalOutcome.Refused, "the test keeps batches open"))
        : SealScript is { } script ? script(() => inner.SealAsync(seal, CancellationToken.None))
        : inner.SealAsync(seal, cancellation);

    public ValueTask<JournalResult> ConfirmAsync(BatchId batch, ShippedObject shipped, CancellationToken cancellation) =>
        inner.ConfirmAsync(batch, shipped, cancellation);

    public ValueTask<IReadOnlyList<Batch>> ReadPendingAsync(
        Lane lane, int limit, IReadOnlySet<BatchId> without, CancellationToken cancellation) =>
        inner.ReadPendingAsync(lane, limit, without, cancellation);

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

    public ValueTask<JournalResult> ForgetBeforeAsync(LakeHour before, CancellationToken cancellation) =>
        inner.ForgetBeforeAsync(before, cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
