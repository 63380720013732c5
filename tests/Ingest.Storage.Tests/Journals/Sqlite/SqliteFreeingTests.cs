using System.Collections.Concurrent;
using System.Globalization;
using Ingest.Engine;
using Ingest.TestKit;
using SQLitePCL;

namespace Ingest.Storage.Tests;

/// <summary>
/// The space of a confirmed batch, and of blocks that were merged, comes back in steps: nobody but the disk notices them, wherever they are broken off, and what
/// one of them cannot delete keeps nothing else.
/// </summary>
public sealed class SqliteFreeingTests : IDisposable
{
    private const int Blocks = 10;

    /// <summary>Blocks that a step of the fixture deletes.</summary>
    private const int PerStep = 3;

    private static readonly PartitionId Other = new("other", 0);

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _faults = new();

    /// <summary>Steps that may commit; the others find the disk full.</summary>
    private int _allowed;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2, 100, false, true)]
    [InlineData(2, 100, true, true)]
    [InlineData(3, 100, false, false)]
    [InlineData(1, 70_000, false, false)]
    [InlineData(1, 70_000, true, false)]
    public async Task A_small_batch_goes_with_its_confirmation_and_a_larger_one_later(int blocks, int bodyBytes, bool merged, bool atOnce)
    {
        await using var journal = await OpenAsync();
        await ShipAsync(journal, Make.Shop, blocks, merged ? 100 : bodyBytes, merged ? bodyBytes : 0);
        Assert.Equal(atOnce ? 0 : 1, Rows("freed"));
        Assert.Equal(atOnce ? 0 : merged ? 1 : blocks, Rows("bodies"));
        Assert.Empty(await journal.CheckAsync(Cancellation));
        await FreeAllAsync(journal);
    }

    /// <summary>Of a merged batch four pieces, one a step.</summary>
    [Theory]
    [InlineData(0, 2, 4)]
    [InlineData(3_500_000, 1, 3)]
    public async Task Nobody_notices_a_batch_of_which_some_is_left(int mergedBytes, int steps, int left)
    {
        await using var journal = await OpenAsync();
        var later = Make.Block(1, hour: new LakeHour(Make.Hour.Number + 1), bodyBytes: 700);
        await CommitAsync(journal.AppendAsync(AppendOf(Other, later), Cancellation));
        var batch = await ShipAsync(journal, Make.Shop, BlocksOf(mergedBytes), bodyBytes: 100, mergedBytes);
        await AllowAsync(steps, () => Scalar("SELECT rows FROM freed") == left);

        for (var open = 0; open < 2; open++)
        {
            await using var reader = await SqliteJournal.OpenAsync(Options() with { ReadOnly = true });
            foreach (var each in new[] { journal, reader })
            {
                var status = await each.ReadStatusAsync(Cancellation);
                Assert.Equal((2, 0, 0, 700, later.Received), (status.Unsealed, status.Pending, status.PendingBatches, status.BacklogBytes, status.OldestReceived));
                Assert.Empty(await each.ReadPendingAsync(Lane.All, 10, new HashSet<BatchId>(), Cancellation));
                Assert.Empty((await each.ReadPartitionAsync(Make.Shop, 0, default, Cancellation)).Unsealed);
                await Assert.ThrowsAsync<BatchNotPendingException>(async () => await each.ReadBatchAsync(batch, Cancellation).CountAsync(Cancellation));
                Assert.Empty(await each.CheckAsync(Cancellation));
            }

            Assert.Equal(JournalResult.Committed, await journal.ConfirmAsync(batch.Id, Make.Shipped(batch), Cancellation));
            Assert.Single(await journal.ReadShippedAsync(default, Cancellation).ToListAsync(Cancellation));
        }

        Assert.Equal((1, left), (Rows("freed"), Scalar("SELECT rows FROM freed")));
        Assert.Equal(left + 1, Rows("bodies"));
        await CommitAsync(journal.ForgetBeforeAsync(later.Hour, Cancellation));
        Assert.Equal(JournalOutcome.Fenced, (await journal.ConfirmAsync(batch.Id, Make.Shipped(batch), Cancellation)).Outcome);
        await FreeAllAsync(journal);
        Assert.Equal((1, 1), (Rows("blocks"), Rows("bodies")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3_500_000)]
    public async Task After_a_crash_between_two_steps_the_rest_goes(int mergedBytes)
    {
        using var running = new TemporaryFolder();
        for (var steps = 0; steps < 4; steps++)
        {
            using var killed = new TemporaryFolder();
            await using (var journal = await OpenAsync())
            {
                var partition = new PartitionId("shop", steps);
                await ShipAsync(journal, partition, BlocksOf(mergedBytes), bodyBytes: 100, mergedBytes);
                var rows = Scalar("SELECT rows FROM freed");
                await AllowAsync(steps, () => Scalar("SELECT rows FROM freed") == rows - (steps * (mergedBytes > 0 ? 1 : PerStep)));
                _folder.CopyTo(killed);
                await FreeAllAsync(journal);
            }

            await using var again = await SqliteFixture.OpenAsync(killed);
            Assert.Empty(await again.CheckAsync(Cancellation));
            await SqliteFixture.UntilFreedAsync(killed, Cancellation);
            Assert.Equal((0, 0), (SqliteFixture.Scalar(killed, "SELECT count(*) FROM blocks"), SqliteFixture.Scalar(killed, "SELECT count(*) FROM bodies")));
            Assert.Empty(await again.CheckAsync(Cancellation));
            Assert.Equal(0, (await again.ReadStatusAsync(Cancellation)).BacklogBytes);
        }
    }

    /// <summary>A row that is not what was written, and chains and pieces that lead to nothing. They are where the second step comes.</summary>
    [Theory]
    [InlineData(0, "UPDATE freed SET rows = rows + 1 WHERE partition = 1", "freed")]
    [InlineData(0, "DELETE FROM blocks WHERE partition = 1 AND seq = 6", "blocks")]
    [InlineData(0, "UPDATE blocks SET previous = 0 WHERE partition = 1 AND seq = 6", "blocks")]
    [InlineData(0, "DELETE FROM bodies WHERE position = (SELECT position FROM blocks WHERE partition = 1 AND seq = 6)", "bodies")]
    [InlineData(3_500_000, "DELETE FROM bodies WHERE position = (SELECT next_body + 1 FROM freed WHERE partition = 1)", "bodies")]
    public async Task Damage_in_one_batch_is_reported_and_keeps_nothing_else(int mergedBytes, string sql, string named)
    {
        await using (var journal = await OpenAsync())
        {
            await ShipAsync(journal, Make.Shop, BlocksOf(mergedBytes), bodyBytes: 100, mergedBytes);
            await ShipAsync(journal, Other, BlocksOf(mergedBytes), bodyBytes: 100, mergedBytes);
            Assert.Equal(2, Rows("freed"));
            SqliteFixture.Execute(_folder, sql);
            Volatile.Write(ref _allowed, int.MaxValue);
            await UntilAsync(() => Rows("freed") == 1);
            Assert.Equal(0, Scalar("SELECT count(*) FROM freed WHERE partition = 2"));
            Assert.Contains(_faults, fault => fault.Contains($"table {named}", StringComparison.Ordinal));
            _faults.Clear();
            for (var seq = 1; seq <= 5; seq++)
                await CommitAsync(journal.AppendAsync(AppendOf(new PartitionId("third", 0), Make.Block(seq)), Cancellation));
            await ShipAsync(journal, new PartitionId("fourth", 0), BlocksOf(mergedBytes), bodyBytes: 100, mergedBytes);
            await UntilAsync(() => Rows("freed") == 1);
            await journal.ReadStatusAsync(Cancellation);
            Assert.Empty(_faults); // Once is enough: it is not tried before the next start.
            Assert.Contains(await journal.CheckAsync(Cancellation), finding => finding.Contains($"table {named}", StringComparison.Ordinal));
        }

        await using var again = await OpenAsync();
        Volatile.Write(ref _allowed, int.MaxValue);
        await UntilAsync(() => _faults.Any(fault => fault.Contains($"table {named}", StringComparison.Ordinal)));
        await CommitAsync(again.AppendAsync(AppendOf(new PartitionId("third", 0), Make.Block(6)), Cancellation));
    }

    [Theory]
    [InlineData(0, "blocks (rows")]
    [InlineData(3_500_000, "bodies (rows")]
    public async Task The_full_check_finds_a_lost_row(int mergedBytes, string named)
    {
        await using var journal = await OpenAsync();
        await ShipAsync(journal, Make.Shop, BlocksOf(mergedBytes), bodyBytes: 100, mergedBytes);
        Assert.Empty(await journal.CheckAsync(Cancellation));
        SqliteFixture.Execute(_folder, "DELETE FROM freed");
        Assert.Contains(await journal.CheckAsync(Cancellation), finding => finding.Contains(named, StringComparison.Ordinal));
    }

    /// <summary>A block with its body that is sound in itself, and that nothing leads to.</summary>
    [Fact]
    public async Task The_full_check_finds_an_orphan()
    {
        const long Position = 1_000;
        await using var journal = await OpenAsync();
        await CommitAsync(journal.AppendAsync(AppendOf(Make.Shop, Make.Block(1)), Cancellation));
        Assert.Empty(await journal.CheckAsync(Cancellation));
        var orphan = Make.Block(2);
        var crc = new Crc32C();
        crc.Add(orphan.Body.Span);
        using (var database = SqliteFixture.Connect(_folder))
        {
            var tables = new JournalTables(database);
            tables.Blocks.Insert(new StoredBlock(1, orphan.Info, Position, 1));
            tables.Bodies.Insert(Position, crc, orphan.Body.Span);
        }

        Assert.Contains(
            await journal.CheckAsync(Cancellation), finding => finding.Contains("blocks (rows", StringComparison.Ordinal) && finding.Contains("it holds 2, but 1", StringComparison.Ordinal));
    }

    /// <summary>A step deletes twice what was stored since the one before it, beside its own bound.</summary>
    [Fact]
    public async Task Space_comes_back_faster_than_it_is_taken()
    {
        const int Stored = 40;
        const int Freed = 150;
        var left = new ConcurrentQueue<long>();
        using var firstStep = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        await using var journal = await SqliteJournal.OpenAsync(Options() with { OnHousekeeping = OnStep });
        await ShipAsync(journal, Make.Shop, Freed, bodyBytes: 100);
        Assert.True(firstStep.Wait(TimeSpan.FromMinutes(1), Cancellation));
        var appends = Enumerable.Range(1, Stored)
            .Select(number => journal.AppendAsync(AppendOf(new PartitionId("busy", number), Make.Block(1)), Cancellation).AsTask())
            .ToArray();
        goOn.Set();
        Assert.All(await Task.WhenAll(appends), answer => Assert.Equal(JournalResult.Committed, answer));
        await SqliteFixture.UntilFreedAsync(_folder, Cancellation);
        Assert.Equal([Freed, Freed - PerStep, Freed - (2 * PerStep) - (2 * Stored)], left.Take(3));
        Assert.Empty(await journal.CheckAsync(Cancellation));

        void OnStep()
        {
            left.Enqueue(Scalar("SELECT coalesce(sum(rows), 0) FROM freed"));
            firstStep.Set();
            goOn.Wait(Cancellation);
        }
    }

    /// <summary>A step may begin when three times as long went by as the one before it took.</summary>
    [Fact]
    public async Task Three_quarters_of_the_time_are_left_to_commits()
    {
        var step = TimeSpan.FromMilliseconds(20);
        var steps = new ConcurrentQueue<long>();
        await using var journal = await SqliteJournal.OpenAsync(Options() with { OnHousekeeping = OnStep });
        await ShipAsync(journal, Make.Shop, 4 * PerStep, bodyBytes: 100);
        await SqliteFixture.UntilFreedAsync(_folder, Cancellation);
        Assert.Equal(4, steps.Count);
        Assert.All(steps.Zip(steps.Skip(1)), pair => Assert.InRange(TimeProvider.System.GetElapsedTime(pair.First, pair.Second), 4 * step, TimeSpan.MaxValue));

        void OnStep()
        {
            steps.Enqueue(TimeProvider.System.GetTimestamp());
            Thread.Sleep(step);
        }
    }

    /// <summary>Where the disk was full, a small step may fit and a large one does not.</summary>
    [Fact]
    public async Task After_a_fault_a_step_is_no_larger_for_what_was_stored_meanwhile()
    {
        await using var journal = await OpenAsync();
        await ShipAsync(journal, Make.Shop, Blocks, bodyBytes: 100);
        await UntilAsync(() => !_faults.IsEmpty);
        for (var number = 0; number < Blocks; number++)
            await CommitAsync(journal.AppendAsync(AppendOf(new PartitionId("busy", number), Make.Block(1)), Cancellation));
        await AllowAsync(1, () => Scalar("SELECT sum(rows) FROM freed") == Blocks - PerStep);
        await FreeAllAsync(journal);
    }

    /// <summary>Many batches in a step, and parts of two.</summary>
    [Fact]
    public async Task A_step_goes_on_with_the_next_batch()
    {
        var left = new ConcurrentQueue<long>();
        await using var journal = await SqliteJournal.OpenAsync(Options() with
        {
            FreedRowsPerStep = 8,
            FreedAtOnceRowsMax = 0,
            OnHousekeeping = () =>
            {
                Spend();
                left.Enqueue(Scalar("SELECT coalesce(sum(rows), 0) FROM freed"));
            },
        });
        for (var number = 0; number < 5; number++)
            await ShipAsync(journal, new PartitionId("shop", number), blocks: 3, bodyBytes: 100);
        Assert.Equal(15, Scalar("SELECT sum(rows) FROM freed"));
        _faults.Clear();
        await UntilAsync(() => !_faults.IsEmpty); // From here on nothing is stored that a step would answer for.
        await FreeAllAsync(journal);
        Assert.Equal([15, 7], left);
    }

    [Fact]
    public async Task Space_comes_back_while_appends_are_refused()
    {
        var free = 1L << 30;
        await using var journal = await SqliteJournal.OpenAsync(
            Options() with { ReserveBytes = 1_000, FreeBytes = () => Volatile.Read(ref free) });
        var batch = await SealAsync(journal, Make.Shop, Blocks, bodyBytes: 600_000);
        Volatile.Write(ref free, 0);
        while ((await journal.AppendAsync(AppendOf(Other, Make.Block((await journal.ReadPartitionAsync(Other, 0, default, Cancellation)).NextSeq)), Cancellation)).Outcome != JournalOutcome.Refused)
            await Task.Delay(TimeSpan.FromMilliseconds(50), Cancellation); // The last answer counts for a second.

        await CommitAsync(journal.ConfirmAsync(batch.Id, Make.Shipped(batch), Cancellation));
        await FreeAllAsync(journal);
    }

    /// <summary>There are no commits that a pause would be for, and clients wait for the space.</summary>
    [Fact]
    public async Task While_appends_are_refused_steps_follow_each_other()
    {
        const int Steps = 20;
        var step = TimeSpan.FromMilliseconds(20);
        var steps = new ConcurrentQueue<long>();
        var free = 1L << 30;
        await using var journal = await SqliteJournal.OpenAsync(
            Options() with { ReserveBytes = 1_000, FreeBytes = () => Volatile.Read(ref free), OnHousekeeping = OnStep });
        var batch = await SealAsync(journal, Make.Shop, Steps * PerStep, bodyBytes: 100);
        Volatile.Write(ref free, 0);
        while ((await journal.AppendAsync(AppendOf(Other, Make.Block((await journal.ReadPartitionAsync(Other, 0, default, Cancellation)).NextSeq)), Cancellation)).Outcome != JournalOutcome.Refused)
            await Task.Delay(TimeSpan.FromMilliseconds(50), Cancellation); // The last answer counts for a second.
        await CommitAsync(journal.ConfirmAsync(batch.Id, Make.Shipped(batch), Cancellation));
        await SqliteFixture.UntilFreedAsync(_folder, Cancellation);
        // With pauses each would take 80 ms.
        Assert.Contains(steps.Zip(steps.Skip(1)), pair => TimeProvider.System.GetElapsedTime(pair.First, pair.Second) < 2 * step);

        void OnStep()
        {
            steps.Enqueue(TimeProvider.System.GetTimestamp());
            Thread.Sleep(step);
        }
    }

    /// <summary>The batch is pending meanwhile, and may be confirmed before they are gone.</summary>
    [Fact]
    public async Task Blocks_that_a_merged_body_takes_the_place_of_go_in_steps()
    {
        const int MergedBytes = 50;
        await using (var journal = await OpenAsync())
        {
            var batch = await SealAsync(journal, Make.Shop, Blocks, bodyBytes: 100, MergedBytes);
            Assert.Equal((1, Blocks, Blocks + 1), (Rows("freed"), Rows("blocks"), Rows("bodies")));
            await AllowAsync(1, () => Scalar("SELECT rows FROM freed") == Blocks - PerStep);
            var status = await journal.ReadStatusAsync(Cancellation);
            Assert.Equal((0, 2 * Blocks, 1, MergedBytes, Make.Block(1).Received), (status.Unsealed, status.Pending, status.PendingBatches, status.BacklogBytes, status.OldestReceived));
            Assert.Equal(Make.Body(1, MergedBytes), await journal.ReadBatchAsync(batch, Cancellation).SelectMany(chunk => chunk.ToArray()).ToArrayAsync(Cancellation));
            Assert.Empty(await journal.CheckAsync(Cancellation));

            await CommitAsync(journal.ConfirmAsync(batch.Id, Make.Shipped(batch), Cancellation));
            Assert.Null((await journal.ReadStatusAsync(Cancellation)).OldestReceived);
            Assert.Equal(1, Rows("freed"));
            Assert.Empty(await journal.CheckAsync(Cancellation));
        }

        await using var again = await OpenAsync();
        await FreeAllAsync(again);
        Assert.Equal((0, 0), (Rows("blocks"), Rows("bodies")));
        Assert.Equal(0, (await again.ReadStatusAsync(Cancellation)).BacklogBytes);
    }

    private SqliteJournalOptions Options() => SqliteFixture.Options(_folder) with
    {
        NewHeadsMax = int.MaxValue, // No other step of housekeeping commits.
        OnHousekeeping = Spend,
        OnFault = _faults.Enqueue,
    };

    private Task<SqliteJournal> OpenAsync()
    {
        Volatile.Write(ref _allowed, 0);
        return SqliteJournal.OpenAsync(Options());
    }

    private void Spend()
    {
        if (Interlocked.Decrement(ref _allowed) < 0)
            throw new SqliteFault(raw.SQLITE_FULL, "the test allows no step");
    }

    /// <summary>Of a merged batch so few that they go with its seal: what the steps free is the merged body alone.</summary>
    private static int BlocksOf(int mergedBytes) => mergedBytes > 0 ? 2 : Blocks;

    /// <summary>Lets so many steps commit, and waits for the last, and for one that does not.</summary>
    private async Task AllowAsync(int steps, Func<bool> condition)
    {
        Volatile.Write(ref _allowed, steps);
        _faults.Clear();
        await UntilAsync(() => condition() && !_faults.IsEmpty);
        Assert.All(_faults, fault => Assert.Contains("allows no step", fault, StringComparison.Ordinal));
    }

    private async Task FreeAllAsync(SqliteJournal journal)
    {
        Volatile.Write(ref _allowed, int.MaxValue);
        await SqliteFixture.UntilFreedAsync(_folder, Cancellation);
        Assert.Equal(Rows("blocks"), Rows("bodies"));
        Assert.Empty(await journal.CheckAsync(Cancellation));
    }

    private static async Task<Batch> ShipAsync(SqliteJournal journal, PartitionId partition, int blocks, int bodyBytes, int mergedBytes = 0)
    {
        var batch = await SealAsync(journal, partition, blocks, bodyBytes, mergedBytes);
        await CommitAsync(journal.ConfirmAsync(batch.Id, Make.Shipped(batch), Cancellation));
        return batch;
    }

    private static async Task<Batch> SealAsync(SqliteJournal journal, PartitionId partition, int blocks, int bodyBytes, int mergedBytes = 0)
    {
        var all = Enumerable.Range(1, blocks).Select(seq => Make.Block(seq, bodyBytes: bodyBytes)).ToArray();
        foreach (var some in all.Chunk(50))
            await CommitAsync(journal.AppendAsync(AppendOf(partition, some), Cancellation));
        var seal = Make.Seal(partition, all, merged: mergedBytes > 0 ? Make.Body(1, mergedBytes) : null);
        await CommitAsync(journal.SealAsync(seal, Cancellation));
        return seal.Batch;
    }

    /// <summary>Without ids, so that no step is one of theirs.</summary>
    private static Append AppendOf(PartitionId partition, params Block[] blocks) => Make.Append(partition, blocks) with { Ids = default };

    private static async Task CommitAsync(ValueTask<JournalResult> write) => Assert.Equal(JournalResult.Committed, await write);

    private static Task UntilAsync(Func<bool> condition) => SqliteFixture.UntilAsync(condition, Cancellation);

    private long Rows(string table) => Scalar(string.Create(CultureInfo.InvariantCulture, $"SELECT count(*) FROM {table}"));

    private long Scalar(string sql) => SqliteFixture.Scalar(_folder, sql);
}
