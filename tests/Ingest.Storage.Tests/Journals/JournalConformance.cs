using Ingest.Engine;

namespace Ingest.Storage.Tests;

/// <summary>
/// What every journal must do, whatever it stores in. A journal's own test class says how to open it; all opens of one test
/// see the same contents.
/// </summary>
public abstract partial class JournalConformance : IAsyncLifetime
{
    private static readonly HashSet<BatchId> None = [];

    private IJournal? _journal;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected IJournal Journal => _journal ?? throw new InvalidOperationException("Not opened.");

    public async ValueTask InitializeAsync() => _journal = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        if (_journal is not null)
        {
            await AssertSoundAsync();
            await _journal.DisposeAsync();
        }

        await CleanUpAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the journal; the one opened before, if any, is closed.</summary>
    protected abstract ValueTask<IJournal> OpenAsync();

    /// <summary>A second handle on the same contents while the first is open; the same one where the storage has one owner.</summary>
    protected abstract ValueTask<IJournal> OpenSecondAsync();

    /// <summary>The full check, where a journal has one: after every test, of the journal as it is left and as it opens again.</summary>
    protected virtual ValueTask AssertSoundAsync() => ValueTask.CompletedTask;

    protected virtual ValueTask CleanUpAsync() => ValueTask.CompletedTask;

    protected async Task ReopenAsync()
    {
        await Journal.DisposeAsync();
        _journal = await OpenAsync();
    }

    protected async Task CommitAsync(Append append) =>
        Assert.Equal(JournalResult.Committed, await Journal.AppendAsync(append, Cancellation));

    /// <summary>Appends blocks with these seqs, one append each.</summary>
    protected async Task<Block[]> AppendBlocksAsync(PartitionId partition, long from, long to, int bodyBytes = 100)
    {
        var blocks = new List<Block>();
        for (var seq = from; seq <= to; seq++)
        {
            blocks.Add(Make.Block(seq, bodyBytes: bodyBytes));
            await CommitAsync(Make.Append(partition, blocks[^1]));
        }

        return [.. blocks];
    }

    protected async Task CommitAsync(Seal seal) =>
        Assert.Equal(JournalResult.Committed, await Journal.SealAsync(seal, Cancellation));

    protected async Task ConfirmAsync(Batch batch) =>
        Assert.Equal(JournalResult.Committed, await Journal.ConfirmAsync(batch.Id, Make.Shipped(batch), Cancellation));

    protected ValueTask<PartitionSnapshot> SnapshotAsync(PartitionId partition) =>
        Journal.ReadPartitionAsync(partition, int.MaxValue, default, Cancellation);

    protected async Task<byte[]> BytesOfAsync(Batch batch) => await CollectAsync(Journal.ReadBatchAsync(batch, Cancellation));

    protected static async Task<byte[]> CollectAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks)
    {
        using var all = new MemoryStream();
        await foreach (var chunk in chunks)
            all.Write(chunk.Span);
        return all.ToArray();
    }

    protected static byte[] BytesOf(IEnumerable<Block> blocks) => Make.BytesOf(blocks);

    protected static async Task AssertFencedAsync(ValueTask<JournalResult> write)
    {
        var result = await write;
        Assert.Equal(JournalOutcome.Fenced, result.Outcome);
        Assert.NotNull(result.Reason);
    }

    protected async Task AssertConservedAsync()
    {
        await foreach (var row in Journal.ReadLedgerAsync(new LakeHour(0), Cancellation))
            Assert.Empty(Conservation.Violations(row));
    }
}
