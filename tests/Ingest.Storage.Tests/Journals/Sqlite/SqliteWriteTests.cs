using Ingest.Engine;
using Ingest.TestKit;
using SQLitePCL;

namespace Ingest.Storage.Tests;

/// <summary>What a write is answered when the disk is full, busy or broken.</summary>
public sealed class SqliteWriteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Below_the_reserve_appends_are_refused_and_shipping_goes_on()
    {
        const long Plenty = 1L << 30;
        var free = Plenty;
        await using var journal = await SqliteJournal.OpenAsync(
            SqliteFixture.Options(_folder) with { ReserveBytes = 1_000, FreeBytes = () => Volatile.Read(ref free) });
        var block = Make.Block(1);
        await AssertOutcomeAsync(JournalOutcome.Committed, journal.AppendAsync(Make.Append(Make.Shop, block), Cancellation));

        Volatile.Write(ref free, 999);
        // The last answer counts for a second or 4 MiB: enough of them, and it is asked again.
        var large = Make.Append(new PartitionId("large", 0), Make.Block(1, bodyBytes: 5 << 20));
        await AssertOutcomeAsync(JournalOutcome.Committed, journal.AppendAsync(large, Cancellation));
        var refused = await AssertOutcomeAsync(JournalOutcome.Refused, journal.AppendAsync(Make.Append(Make.Shop, Make.Block(2)), Cancellation));
        Assert.Contains("999 bytes are free", refused.Reason, StringComparison.Ordinal);
        var seal = Make.Seal(Make.Shop, [block]);
        await AssertOutcomeAsync(JournalOutcome.Committed, journal.SealAsync(seal, Cancellation));
        await AssertOutcomeAsync(JournalOutcome.Committed, journal.ConfirmAsync(seal.Batch.Id, Make.Shipped(seal.Batch), Cancellation));

        Volatile.Write(ref free, Plenty);
        await AssertOutcomeAsync(JournalOutcome.Committed, journal.AppendAsync(Make.Append(Make.Shop, Make.Block(2)), Cancellation));
    }

    [Fact]
    public async Task A_full_disk_refuses_and_stores_nothing_of_the_append()
    {
        await using var journal = await SqliteJournal.OpenAsync(
            SqliteFixture.Options(_folder) with { PagesMax = 200, FreedRowsPerStep = 100, FreedBytesPerStep = 1 << 20 });
        var blocks = new List<Block>();
        JournalResult last;
        while (true)
        {
            var block = Make.Block(blocks.Count + 1, bodyBytes: 30_000);
            last = await journal.AppendAsync(Make.Append(Make.Shop, block), Cancellation);
            if (last.Outcome != JournalOutcome.Committed)
                break;
            blocks.Add(block);
        }

        Assert.Equal(JournalOutcome.Refused, last.Outcome);
        Assert.InRange(blocks.Count, 10, 30);
        Assert.Equal(blocks.Count + 1, (await journal.ReadPartitionAsync(Make.Shop, 0, default, Cancellation)).NextSeq);

        var seal = Make.Seal(Make.Shop, blocks);
        await AssertOutcomeAsync(JournalOutcome.Committed, journal.SealAsync(seal, Cancellation));
        await AssertOutcomeAsync(JournalOutcome.Committed, journal.ConfirmAsync(seal.Batch.Id, Make.Shipped(seal.Batch), Cancellation));
        var next = Make.Append(Make.Shop, Make.Block(blocks.Count + 1, bodyBytes: 30_000));
        await AssertOutcomeAsync(JournalOutcome.Committed, journal.AppendAsync(next, Cancellation));
        Assert.Empty(await journal.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task A_commit_that_fails_is_unknown_and_settled_before_the_next()
    {
        var fail = 0;
        await using (var journal = await SqliteJournal.OpenAsync(SqliteFixture.Options(_folder) with { OnCommit = Commit }))
        {
            await AssertOutcomeAsync(JournalOutcome.Committed, journal.AppendAsync(Make.Append(Make.Shop, Make.Block(1)), Cancellation));
            fail = 1;
            var unknown = await AssertOutcomeAsync(JournalOutcome.Unknown, journal.AppendAsync(Make.Append(Make.Shop, Make.Block(2)), Cancellation));
            Assert.Contains("disk I/O error", unknown.Reason, StringComparison.Ordinal);
            Assert.Equal(2, (await journal.ReadPartitionAsync(Make.Shop, 0, default, Cancellation)).NextSeq);
            await AssertOutcomeAsync(JournalOutcome.Committed, journal.AppendAsync(Make.Append(Make.Shop, Make.Block(2, seed: 5)), Cancellation));
            Assert.Empty(await journal.CheckAsync(Cancellation));
        }

        await using var again = await SqliteFixture.OpenAsync(_folder);
        Assert.Equal(3, (await again.ReadPartitionAsync(Make.Shop, 0, default, Cancellation)).NextSeq);

        void Commit()
        {
            if (Interlocked.Exchange(ref fail, 0) == 1)
                throw new SqliteFault(raw.SQLITE_IOERR, "disk I/O error");
        }
    }

    [Fact]
    public async Task Cancelling_a_wait_is_unknown_and_the_append_may_still_commit()
    {
        await using var journal = await SqliteFixture.OpenAsync(_folder);
        using var cancel = new CancellationTokenSource();
        using (var blocker = SqliteFixture.Connect(_folder))
        {
            blocker.Execute("BEGIN IMMEDIATE");
            var append = journal.AppendAsync(Make.Append(Make.Shop, Make.Block(1)), cancel.Token).AsTask();
            Assert.False(append.IsCompleted);
            await cancel.CancelAsync();
            await AssertOutcomeAsync(JournalOutcome.Unknown, new ValueTask<JournalResult>(append));
            blocker.Execute("ROLLBACK");
        }

        // Behind the cancelled one in the queue: fenced if that committed.
        var second = await journal.AppendAsync(Make.Append(Make.Shop, Make.Block(1, seed: 2)), Cancellation);
        Assert.Equal(JournalOutcome.Fenced, second.Outcome);
        Assert.Equal(2, (await journal.ReadPartitionAsync(Make.Shop, 0, default, Cancellation)).NextSeq);
    }

    [Fact]
    public async Task Beyond_the_queues_bound_appends_are_refused_and_seals_are_not()
    {
        const int Appends = 20;
        await using var journal = await SqliteJournal.OpenAsync(SqliteFixture.Options(_folder) with { QueueAppendsMax = 3 });
        var block = Make.Block(1);
        await journal.AppendAsync(Make.Append(Make.Shop, block), Cancellation);
        var appends = new List<Task<JournalResult>>();
        Task<JournalResult> seal = null!;
        SqliteFixture.WhileBlocked(_folder, () =>
        {
            for (var i = 0; i < Appends; i++)
                appends.Add(journal.AppendAsync(Make.Append(new PartitionId("crowd", i), Make.Block(1)), Cancellation).AsTask());
            seal = journal.SealAsync(Make.Seal(Make.Shop, [block]), Cancellation).AsTask();
        });

        var results = await Task.WhenAll(appends);
        await AssertOutcomeAsync(JournalOutcome.Committed, new ValueTask<JournalResult>(seal));
        Assert.All(results, r => Assert.True(r.Outcome is JournalOutcome.Committed or JournalOutcome.Refused, r.ToString()));
        var stored = await journal.ReadUnsealedPartitionsAsync(Lane.All, Make.Ever, Cancellation);
        Assert.Equal(
            Enumerable.Range(0, Appends).Where(i => results[i].Outcome == JournalOutcome.Committed).Select(i => new PartitionId("crowd", i)),
            stored);
        // At most one group in the writer's hands and three waiting.
        Assert.InRange(stored.Count, 3, 7);
    }

    [Fact]
    public async Task Forgetting_more_than_one_transaction_holds_forgets_all()
    {
        const int Partitions = 2_100; // ForgetWrite does 2,000 rows a transaction.
        await using var journal = await SqliteFixture.OpenAsync(_folder);
        var counts = new[] { new LedgerCounts(Make.Hour, 1, 0, 0, 1, 0) };
        var appends = Enumerable.Range(0, Partitions)
            .Select(n => journal.AppendAsync(new Append(new PartitionId("many", n), Partitions, 1, [], default, 0, default, counts), Cancellation).AsTask());
        Assert.All(await Task.WhenAll(appends), r => Assert.Equal(JournalResult.Committed, r));
        Assert.Equal(Partitions, await journal.ReadLedgerAsync(default, Cancellation).CountAsync(Cancellation));

        Assert.Equal(JournalResult.Committed, await journal.ForgetBeforeAsync(new LakeHour(Make.Hour.Number + 1), Cancellation));
        Assert.Equal(0, await journal.ReadLedgerAsync(default, Cancellation).CountAsync(Cancellation));
        Assert.Empty(await journal.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task Closing_finishes_what_is_queued()
    {
        var appends = new List<Task<JournalResult>>();
        await using (var journal = await SqliteFixture.OpenAsync(_folder))
        {
            for (var i = 0; i < 200; i++)
                appends.Add(journal.AppendAsync(Make.Append(new PartitionId("crowd", i), Make.Block(1)), Cancellation).AsTask());
        }

        Assert.All(await Task.WhenAll(appends), r => Assert.Equal(JournalResult.Committed, r));
        Assert.Equal(0, new FileInfo(_folder.Of("journal.db-wal")).Length);
        await using var again = await SqliteFixture.OpenAsync(_folder);
        Assert.Equal(200, (await again.ReadUnsealedPartitionsAsync(Lane.All, Make.Ever, Cancellation)).Count);
    }

    private static async Task<JournalResult> AssertOutcomeAsync(JournalOutcome expected, ValueTask<JournalResult> write)
    {
        var result = await write;
        Assert.True(expected == result.Outcome, result.ToString());
        return result;
    }
}
