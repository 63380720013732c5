using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>Disk space comes back after shipping, and the log stays within its bound under load.</summary>
public sealed class SqliteSpaceTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <param name="writesBetween">Each time that some space was given back, a write comes in between.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_an_outage_was_shipped_the_folder_shrinks(bool writesBetween)
    {
        const int Blocks = 100;
        await using var journal = await SqliteFixture.OpenAsync(_folder);
        var blocks = new List<Block>();
        for (var seq = 1; seq <= Blocks; seq++)
        {
            blocks.Add(Make.Block(seq, bodyBytes: 1 << 20));
            Assert.Equal(JournalResult.Committed, await journal.AppendAsync(Make.Append(Make.Shop, blocks[^1]), Cancellation));
        }

        var peak = _folder.Bytes();
        Assert.True(peak > 100L << 20);
        foreach (var run in blocks.Chunk(25))
        {
            var batch = Make.Seal(Make.Shop, run).Batch;
            Assert.Equal(JournalResult.Committed, await journal.SealAsync(new Seal(batch, null), Cancellation));
            Assert.Equal(JournalResult.Committed, await journal.ConfirmAsync(batch.Id, Make.Shipped(batch), Cancellation));
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(Patience);
        var written = 0;
        for (long free = 0, before = 0; _folder.Bytes() > peak / 10; before = free)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), patience.Token); // The file system tells nobody.
            free = SqliteFixture.Scalar(_folder, "PRAGMA freelist_count");
            if (writesBetween && free < before)
                Assert.Equal(JournalResult.Committed, await journal.AppendAsync(Make.Append(new PartitionId("between", 0), Make.Block(++written)), Cancellation));
        }

        Assert.Empty(await journal.CheckAsync(Cancellation));
        Assert.Equal(Blocks + 1, (await journal.ReadPartitionAsync(Make.Shop, 0, default, Cancellation)).NextSeq);
    }

    [Fact]
    public async Task The_log_stays_within_its_bound_under_load()
    {
        const long Bound = 2 << 20;
        await using var journal = await SqliteJournal.OpenAsync(SqliteFixture.Options(_folder) with { WalBytesMax = Bound });
        long largest = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async number =>
        {
            await Task.Yield();
            for (var seq = 1; seq <= 200; seq++)
            {
                var append = Make.Append(new PartitionId("load", number), Make.Block(seq, bodyBytes: 60_000));
                Assert.Equal(JournalResult.Committed, await journal.AppendAsync(append, Cancellation));
                InterlockedMax(ref largest, new FileInfo(_folder.Of("journal.db-wal")).Length);
            }
        }));

        // 96 MB went through. What passes until the checkpoint comes to its turn depends on the disk, so the margin is wide.
        Assert.InRange(largest, 1, 64L << 20);
        Assert.Empty(await journal.CheckAsync(Cancellation));
    }

    private static void InterlockedMax(ref long largest, long value)
    {
        for (var seen = Volatile.Read(ref largest); value > seen; seen = Volatile.Read(ref largest))
        {
            if (Interlocked.CompareExchange(ref largest, value, seen) == seen)
                return;
        }
    }
}
