using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>What happens between the reading of a seal's blocks, beside the commits, and its own commit.</summary>
public sealed class SqliteSealTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private SqliteJournal _journal = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _journal = await SqliteFixture.OpenAsync(_folder);

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Blocks_that_come_after_the_reading_stay_unsealed()
    {
        var blocks = new[] { Make.Block(1), Make.Block(2), Make.Block(3) };
        await CommitAsync(_journal.AppendAsync(Make.Append(Make.Shop, blocks), Cancellation));
        var later = new[] { Make.Block(4), Make.Block(5), Make.Block(6) };
        var results = await WhileBlockedAsync(
            () => _journal.AppendAsync(Make.Append(Make.Shop, later), Cancellation),
            () => _journal.SealAsync(Make.Seal(Make.Shop, blocks), Cancellation));
        Assert.All(results, result => Assert.Equal(JournalResult.Committed, result));

        var snapshot = await _journal.ReadPartitionAsync(Make.Shop, 0, default, Cancellation);
        Assert.Equal(later.Select(block => block.Info), snapshot.Unsealed);
        Assert.Empty(await _journal.CheckAsync(Cancellation));
        await CommitAsync(_journal.SealAsync(Make.Seal(Make.Shop, later), Cancellation));
        Assert.Empty(await _journal.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task The_second_of_two_seals_of_the_same_blocks_is_fenced()
    {
        var blocks = new[] { Make.Block(1), Make.Block(2) };
        await CommitAsync(_journal.AppendAsync(Make.Append(Make.Shop, blocks), Cancellation));
        var seal = Make.Seal(Make.Shop, blocks);
        var results = await WhileBlockedAsync(
            () => _journal.SealAsync(Make.Seal(Make.Shop, blocks, merged: [1, 2, 3]), Cancellation),
            () => _journal.SealAsync(seal, Cancellation));
        Assert.Equal([JournalOutcome.Committed, JournalOutcome.Fenced], results.Select(result => result.Outcome).Order());
        Assert.Single(await _journal.ReadPendingAsync(Lane.All, 10, new HashSet<BatchId>(), Cancellation));
        Assert.Empty(await _journal.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task Another_seal_is_fenced_also_where_blocks_came_after_the_first()
    {
        var blocks = new[] { Make.Block(1), Make.Block(2) };
        await CommitAsync(_journal.AppendAsync(Make.Append(Make.Shop, blocks), Cancellation));
        var results = await WhileBlockedAsync(
            () => _journal.AppendAsync(Make.Append(Make.Shop, Make.Block(3)), Cancellation),
            () => _journal.SealAsync(Make.Seal(Make.Shop, blocks), Cancellation),
            () => _journal.SealAsync(Make.Seal(Make.Shop, blocks[..1]), Cancellation));
        Assert.Equal(JournalOutcome.Committed, results[0].Outcome);
        Assert.Equal([JournalOutcome.Committed, JournalOutcome.Fenced], results.Skip(1).Select(result => result.Outcome).Order());
        Assert.Empty(await _journal.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task A_seal_that_was_cancelled_before_or_comes_after_the_end_is_refused()
    {
        var block = Make.Block(1);
        await CommitAsync(_journal.AppendAsync(Make.Append(Make.Shop, block), Cancellation));
        var seal = Make.Seal(Make.Shop, [block]);
        Assert.Equal(JournalOutcome.Refused, (await _journal.SealAsync(seal, new CancellationToken(canceled: true))).Outcome);
        await _journal.DisposeAsync();
        Assert.Equal(JournalOutcome.Refused, (await _journal.SealAsync(seal, Cancellation)).Outcome);

        _journal = await SqliteFixture.OpenAsync(_folder);
        Assert.Empty(await _journal.ReadPendingAsync(Lane.All, 10, new HashSet<BatchId>(), Cancellation));
    }

    private static async Task CommitAsync(ValueTask<JournalResult> write) => Assert.Equal(JournalResult.Committed, await write);

    /// <summary>Begins the writes one after the other, gives those that read first the time to do so, and only then lets them commit.</summary>
    private async Task<JournalResult[]> WhileBlockedAsync(params Func<ValueTask<JournalResult>>[] writes)
    {
        var begun = new List<Task<JournalResult>>();
        SqliteFixture.WhileBlocked(_folder, () =>
        {
            foreach (var write in writes)
                begun.Add(write().AsTask());
            Thread.Sleep(TimeSpan.FromMilliseconds(100));
        });
        return await Task.WhenAll(begun);
    }
}
