namespace Ingest.Engine.Tests;

/// <summary>A journal of which a test needs few members: the others must not be called.</summary>
internal abstract class JournalStub : IJournal
{
    public string Id => "abcdefgh";

    public virtual IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBatchAsync(Batch batch, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public virtual ValueTask<JournalResult> ConfirmAsync(
        BatchId batch, ShippedObject shipped, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<PartitionSnapshot> ReadPartitionAsync(
        PartitionId partition, int idsMax, Instant idsSince, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<PartitionId>> ReadUnsealedPartitionsAsync(
        Lane lane, Instant receivedBefore, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyDictionary<string, int>> ReadPartitionCountsAsync(CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<JournalResult> SplitAsync(string source, int from, int to, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<JournalResult> CloseHourAsync(LakeHour hour, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<LakeHour?> ReadClosedHourAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<JournalResult> AppendAsync(Append append, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<JournalResult> SealAsync(Seal seal, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<Batch>> ReadPendingAsync(
        Lane lane, int limit, IReadOnlySet<BatchId> without, CancellationToken cancellation) => throw new NotSupportedException();

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBlocksAsync(
        PartitionId partition, LakeStream stream, long fromSeq, long toSeq, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<LedgerRow> ReadLedgerAsync(LakeHour from, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<ShippedBatch> ReadShippedAsync(LakeHour from, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<JournalStatus> ReadStatusAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<JournalResult> RecordRelayedAsync(RelayedObject relayed, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<bool> WasRelayedAsync(string region, string key, string sha256, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<JournalResult> ForgetBeforeAsync(LakeHour before, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => default;
}

/// <summary>A lake that only takes objects.</summary>
internal abstract class LakeStub : ILake
{
    public string Description => "a stub";

    public abstract ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation);

    public ValueTask<LakeEntry?> FindAsync(string key, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<LakeEntry> ListAsync(string prefix, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<Stream?> OpenReadAsync(string key, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask DeleteAsync(string key, CancellationToken cancellation) => throw new NotSupportedException();
}
