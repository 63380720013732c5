using System.Globalization;
using System.Runtime.CompilerServices;
using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Storage;

namespace Ingest.Simulation;

/// <summary>One process's connection to the journal. Holds the process to its limits.</summary>
internal sealed class SimJournal(Simulation simulation, SimProcess process, JournalServer server, Rules rules, HostingOptions options)
    : IJournal
{
    private int _loads;
    private int _seals;

    public string Id => server.Id;

    public async ValueTask<PartitionSnapshot> ReadPartitionAsync(
        PartitionId partition, int idsMax, Instant idsSince, CancellationToken cancellation)
    {
        if (++_loads > options.LoadsMax)
            simulation.Fail("9: everything has a limit", $"{process.Name} reads {_loads} partitions at once");
        try
        {
            return await AskAsync(journal => Sync.Result(journal.ReadPartitionAsync(partition, idsMax, idsSince, CancellationToken.None)), cancellation);
        }
        finally
        {
            _loads--;
        }
    }

    public ValueTask<IReadOnlyList<PartitionId>> ReadUnsealedPartitionsAsync(
        Lane lane, Instant receivedBefore, CancellationToken cancellation) =>
        AskAsync(journal => Sync.Result(journal.ReadUnsealedPartitionsAsync(lane, receivedBefore, CancellationToken.None)), cancellation);

    public ValueTask<IReadOnlyDictionary<string, int>> ReadPartitionCountsAsync(CancellationToken cancellation) =>
        AskAsync(journal => Sync.Result(journal.ReadPartitionCountsAsync(CancellationToken.None)), cancellation);

    public ValueTask<JournalResult> SplitAsync(string source, int from, int to, CancellationToken cancellation) => WriteAsync(
        new JournalWrite(
            process,
            string.Create(CultureInfo.InvariantCulture, $"split {source} from {from} to {to}"),
            0,
            journal => journal.SplitAsync(source, from, to, CancellationToken.None),
            () => rules.OnSplit(source, from, to)),
        cancellation);

    public ValueTask<JournalResult> CloseHourAsync(LakeHour hour, CancellationToken cancellation) => WriteAsync(
        new JournalWrite(process, $"close hour {hour}", 0, journal => journal.CloseHourAsync(hour, CancellationToken.None), () => rules.OnClosed(hour)),
        cancellation);

    public ValueTask<LakeHour?> ReadClosedHourAsync(CancellationToken cancellation) =>
        AskAsync(journal => Sync.Result(journal.ReadClosedHourAsync(CancellationToken.None)), cancellation);

    public ValueTask<JournalResult> AppendAsync(Append append, CancellationToken cancellation) => WriteAsync(
        new JournalWrite(
            process,
            string.Create(CultureInfo.InvariantCulture, $"append {append.Partition} of {append.PartitionCount}, seq {append.FirstSeq}, {append.Blocks.Count} blocks, {append.Ids.Length / 16} ids"),
            append.Blocks.Sum(block => (long)block.Body.Length),
            journal => journal.AppendAsync(append, CancellationToken.None),
            () => rules.OnAppended(append)),
        cancellation);

    public async ValueTask<JournalResult> SealAsync(Seal seal, CancellationToken cancellation)
    {
        var batch = seal.Batch;
        if (++_seals > options.SealsMax)
            simulation.Fail("9: everything has a limit", $"{process.Name} seals {_seals} batches at once");
        try
        {
            return await WriteAsync(
                new JournalWrite(
                    process,
                    string.Create(CultureInfo.InvariantCulture, $"seal {batch.Partition} {batch.Stream} {batch.FromSeq}-{batch.ToSeq} by {batch.Reason}"),
                    0,
                    journal => journal.SealAsync(seal, CancellationToken.None),
                    () => rules.OnSealed(seal, server.Id)),
                cancellation);
        }
        finally
        {
            _seals--;
        }
    }

    public ValueTask<JournalResult> ConfirmAsync(BatchId batch, ShippedObject shipped, CancellationToken cancellation) => WriteAsync(
        new JournalWrite(
            process,
            string.Create(CultureInfo.InvariantCulture, $"confirm {batch.Partition} {batch.Stream} {batch.FromSeq}"),
            0,
            journal => journal.ConfirmAsync(batch, shipped, CancellationToken.None),
            () => rules.OnConfirmed(batch, shipped)),
        cancellation);

    public ValueTask<IReadOnlyList<Batch>> ReadPendingAsync(
        Lane lane, int limit, IReadOnlySet<BatchId> without, CancellationToken cancellation) =>
        AskAsync(journal => Sync.Result(journal.ReadPendingAsync(lane, limit, without, CancellationToken.None)), cancellation);

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBatchAsync(Batch batch, CancellationToken cancellation) =>
        ReadChunksAsync(journal => journal.ReadBatchAsync(batch, CancellationToken.None), cancellation);

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBlocksAsync(
        PartitionId partition, LakeStream stream, long fromSeq, long toSeq, CancellationToken cancellation) =>
        ReadChunksAsync(journal => journal.ReadBlocksAsync(partition, stream, fromSeq, toSeq, CancellationToken.None), cancellation);

    public async IAsyncEnumerable<LedgerRow> ReadLedgerAsync(
        LakeHour from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var row in await AskAsync(journal => Sync.ToList(journal.ReadLedgerAsync(from, CancellationToken.None)), cancellation))
            yield return row;
    }

    public async IAsyncEnumerable<ShippedBatch> ReadShippedAsync(
        LakeHour from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var row in await AskAsync(journal => Sync.ToList(journal.ReadShippedAsync(from, CancellationToken.None)), cancellation))
            yield return row;
    }

    public ValueTask<JournalStatus> ReadStatusAsync(CancellationToken cancellation) =>
        AskAsync(journal => Sync.Result(journal.ReadStatusAsync(CancellationToken.None)), cancellation);

    public ValueTask<JournalResult> RecordRelayedAsync(RelayedObject relayed, CancellationToken cancellation) => WriteAsync(
        new JournalWrite(process, $"relayed {relayed.Key}", 0, journal => journal.RecordRelayedAsync(relayed, CancellationToken.None), () => rules.OnRelayed(relayed)),
        cancellation);

    public ValueTask<bool> WasRelayedAsync(string region, string key, string sha256, CancellationToken cancellation) =>
        AskAsync(journal => Sync.Result(journal.WasRelayedAsync(region, key, sha256, CancellationToken.None)), cancellation);

    public ValueTask<JournalResult> ForgetBeforeAsync(LakeHour before, CancellationToken cancellation) => WriteAsync(
        new JournalWrite(process, $"forget before {before}", 0, journal => journal.ForgetBeforeAsync(before, CancellationToken.None), () => { }),
        cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<JournalResult> WriteAsync(JournalWrite write, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return new JournalResult(JournalOutcome.Refused, "cancelled before it was queued");
        server.Submit(write);
        using var patience = cancellation.UnsafeRegister(
            static write => ((JournalWrite)write!).Answer(new JournalResult(JournalOutcome.Unknown, "cancelled while waiting")), write);
        return await write.Result;
    }

    private async ValueTask<T> AskAsync<T>(Func<MemoryJournal, T> read, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Ask(process, read, answer);
        using var patience = cancellation.UnsafeRegister(_ => answer.TrySetCanceled(cancellation), null);
        return await answer.Task;
    }

    /// <summary>Chunks come one by one, each is overwritten once the next one is asked for, and the line may break in between.</summary>
    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadChunksAsync(
        Func<MemoryJournal, IAsyncEnumerable<ReadOnlyMemory<byte>>> read, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var chunks = await AskAsync(journal => Sync.ToList(read(journal)), cancellation);
        var buffer = new byte[chunks.Count == 0 ? 0 : chunks.Max(chunk => chunk.Length)];
        foreach (var chunk in chunks)
        {
            if (simulation.Chance.Happens(server.Faults / 8))
                throw new JournalUnavailableException("the connection broke while a batch was read");
            cancellation.ThrowIfCancellationRequested();
            chunk.CopyTo(buffer);
            yield return buffer.AsMemory(0, chunk.Length);
            buffer.AsSpan().Fill(0xAA);
        }
    }
}
