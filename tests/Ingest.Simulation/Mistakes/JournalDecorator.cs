using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>Passes everything on; a mistake overrides what it does wrong.</summary>
internal abstract class JournalDecorator(IJournal inner) : IJournal
{
    public string Id => Inner.Id;

    protected IJournal Inner { get; } = inner;

    public virtual ValueTask<PartitionSnapshot> ReadPartitionAsync(
        PartitionId partition, int idsMax, Instant idsSince, CancellationToken cancellation) =>
        Inner.ReadPartitionAsync(partition, idsMax, idsSince, cancellation);

    public virtual ValueTask<IReadOnlyList<PartitionId>> ReadUnsealedPartitionsAsync(
        Lane lane, Instant receivedBefore, CancellationToken cancellation) =>
        Inner.ReadUnsealedPartitionsAsync(lane, receivedBefore, cancellation);

    public ValueTask<IReadOnlyDictionary<string, int>> ReadPartitionCountsAsync(CancellationToken cancellation) =>
        Inner.ReadPartitionCountsAsync(cancellation);

    public ValueTask<JournalResult> SplitAsync(string source, int from, int to, CancellationToken cancellation) =>
        Inner.SplitAsync(source, from, to, cancellation);

    public virtual ValueTask<JournalResult> CloseHourAsync(LakeHour hour, CancellationToken cancellation) =>
        Inner.CloseHourAsync(hour, cancellation);

    public virtual ValueTask<LakeHour?> ReadClosedHourAsync(CancellationToken cancellation) => Inner.ReadClosedHourAsync(cancellation);

    public virtual ValueTask<JournalResult> AppendAsync(Append append, CancellationToken cancellation) =>
        Inner.AppendAsync(append, cancellation);

    public virtual ValueTask<JournalResult> SealAsync(Seal seal, CancellationToken cancellation) =>
        Inner.SealAsync(seal, cancellation);

    public ValueTask<JournalResult> ConfirmAsync(BatchId batch, ShippedObject shipped, CancellationToken cancellation) =>
        Inner.ConfirmAsync(batch, shipped, cancellation);

    public ValueTask<IReadOnlyList<Batch>> ReadPendingAsync(
        Lane lane, int limit, IReadOnlySet<BatchId> without, CancellationToken cancellation) =>
        Inner.ReadPendingAsync(lane, limit, without, cancellation);

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBatchAsync(Batch batch, CancellationToken cancellation) =>
        Inner.ReadBatchAsync(batch, cancellation);

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBlocksAsync(
        PartitionId partition, LakeStream stream, long fromSeq, long toSeq, CancellationToken cancellation) =>
        Inner.ReadBlocksAsync(partition, stream, fromSeq, toSeq, cancellation);

    public IAsyncEnumerable<LedgerRow> ReadLedgerAsync(LakeHour from, CancellationToken cancellation) =>
        Inner.ReadLedgerAsync(from, cancellation);

    public IAsyncEnumerable<ShippedBatch> ReadShippedAsync(LakeHour from, CancellationToken cancellation) =>
        Inner.ReadShippedAsync(from, cancellation);

    public ValueTask<JournalStatus> ReadStatusAsync(CancellationToken cancellation) => Inner.ReadStatusAsync(cancellation);

    public virtual ValueTask<JournalResult> RecordRelayedAsync(RelayedObject relayed, CancellationToken cancellation) =>
        Inner.RecordRelayedAsync(relayed, cancellation);

    public virtual ValueTask<bool> WasRelayedAsync(string region, string key, string sha256, CancellationToken cancellation) =>
        Inner.WasRelayedAsync(region, key, sha256, cancellation);

    public ValueTask<JournalResult> ForgetBeforeAsync(LakeHour before, CancellationToken cancellation) =>
        Inner.ForgetBeforeAsync(before, cancellation);

    public ValueTask DisposeAsync() => Inner.DisposeAsync();
}
