using System.Buffers.Binary;
using Ingest.Engine;

namespace Ingest.Storage.Tests;

public abstract partial class JournalConformance
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(1, 7)]
    [InlineData(2, 6)]
    [InlineData(3, 12)]
    public async Task A_split_hands_down_the_ids_that_move(int from, int to)
    {
        for (var number = 0; number < from; number++)
            await AppendIdsAsync(new PartitionId("shop", number), from, seqs: 5, idsEach: 40);
        var before = await WindowsAsync(from);

        await SplitAsync("shop", from, to);
        for (var round = 0; round < 2; round++)
        {
            var after = await WindowsAsync(to);
            for (var number = 0; number < to; number++)
            {
                var parent = before[number % from];
                Assert.Equal(to, after[number].PartitionCount);
                Assert.Equal(parent.Clock, after[number].Clock);
                if (number < from)
                {
                    Assert.Equal(parent.NextSeq, after[number].NextSeq);
                    Assert.Equal(RunsOf(parent), RunsOf(after[number]));
                }
                else
                {
                    Assert.Equal(1, after[number].NextSeq);
                    AssertHandedDown(Moved(parent, number, to), after[number]);
                }
            }

            await ReopenAsync();
        }
    }

    [Fact]
    public async Task What_was_handed_down_is_handed_down_again()
    {
        var id = new PartitionId("shop", 0);
        await AppendIdsAsync(id, 1, seqs: 4, idsEach: 40);
        await SplitAsync("shop", 1, 2);
        var child = new PartitionId("shop", 1);
        await AppendIdsAsync(child, 2, seqs: 3, idsEach: 40);
        var before = await SnapshotAsync(child);
        Assert.Equal(7, before.Ids.Count);

        await SplitAsync("shop", 2, 4);
        await ReopenAsync();
        Assert.Equal(RunsOf(before), RunsOf(await SnapshotAsync(child)));
        AssertHandedDown(Moved(before, 3, 4), await SnapshotAsync(new PartitionId("shop", 3)));
        AssertHandedDown(Moved(await SnapshotAsync(id), 2, 4), await SnapshotAsync(new PartitionId("shop", 2)));
    }

    [Fact]
    public async Task What_was_handed_down_leaves_the_window_as_other_ids_do()
    {
        await AppendIdsAsync(Make.Shop, 1, seqs: 4, idsEach: 40);
        await SplitAsync("shop", 1, 2);
        var child = new PartitionId("shop", 1);
        var handed = (await SnapshotAsync(child)).Ids;
        await AppendIdsAsync(child, 2, seqs: 2, idsEach: 40);
        var all = (await SnapshotAsync(child)).Ids;
        Assert.Equal(handed.Select(run => run.FirstSeq).Concat([1L, 2L]), all.Select(run => run.FirstSeq));

        // The newest in whole runs, own ones first; runs with an older clock not at all.
        var newest = await Journal.ReadPartitionAsync(child, 81, default, Cancellation);
        Assert.Equal(all.TakeLast(3).Select(run => run.FirstSeq), newest.Ids.Select(run => run.FirstSeq));
        var young = await Journal.ReadPartitionAsync(child, int.MaxValue, handed[1].Clock, Cancellation);
        Assert.Equal(all.Skip(1).Select(run => run.FirstSeq), young.Ids.Select(run => run.FirstSeq));

        await ForgetAsync(long.MinValue, all);
        await ForgetAsync(handed[0].FirstSeq, all);
        await ForgetAsync(handed[2].FirstSeq, [.. all.Skip(2)]);
        await ReopenAsync();
        await ForgetAsync(handed[1].FirstSeq, [.. all.Skip(2)]); // Already gone.
        await ForgetAsync(1, [.. all.Skip(4)]);
        await ForgetAsync(3, []);

        async Task ForgetAsync(long below, IReadOnlyList<IdRun> rest)
        {
            await CommitAsync(new Append(child, 2, 3, [], default, below, default, []));
            Assert.Equal(rest.Select(run => run.FirstSeq), (await SnapshotAsync(child)).Ids.Select(run => run.FirstSeq));
        }
    }

    [Fact]
    public async Task A_split_of_a_source_never_written_is_its_number()
    {
        await SplitAsync("shop", 2, 6);
        await ReopenAsync();
        Assert.Equal(new Dictionary<string, int> { ["shop"] = 6 }, await Journal.ReadPartitionCountsAsync(Cancellation));
        for (var number = 0; number < 6; number++)
        {
            var partition = new PartitionId("shop", number);
            var snapshot = await SnapshotAsync(partition);
            Assert.Equal((1, 6, default), (snapshot.NextSeq, snapshot.PartitionCount, snapshot.Clock));
            Assert.Empty(snapshot.Ids);
            await AssertFencedAsync(Journal.AppendAsync(Make.Append(partition, Make.Block(1)) with { PartitionCount = 12 }, Cancellation));
            await CommitAsync(Make.Append(partition, Make.Block(1)) with { PartitionCount = 6 });
        }
    }

    [Fact]
    public async Task A_split_reaches_partitions_never_written()
    {
        var last = new PartitionId("shop", 2);
        await AppendIdsAsync(last, 3, seqs: 2, idsEach: 30);
        await SplitAsync("shop", 3, 6);
        foreach (var number in (int[])[0, 1, 3, 4])
        {
            var snapshot = await SnapshotAsync(new PartitionId("shop", number));
            Assert.Equal((1, 6, default), (snapshot.NextSeq, snapshot.PartitionCount, snapshot.Clock));
            Assert.Empty(snapshot.Ids);
            var stale = Make.Append(new PartitionId("shop", number), Make.Block(1)) with { PartitionCount = number + 1 };
            await AssertFencedAsync(Journal.AppendAsync(stale, Cancellation));
        }

        AssertHandedDown(Moved(await SnapshotAsync(last), 5, 6), await SnapshotAsync(new PartitionId("shop", 5)));
    }

    [Fact]
    public async Task A_split_done_before_changes_nothing()
    {
        await AppendIdsAsync(Make.Shop, 1, seqs: 3, idsEach: 40);
        await SplitAsync("shop", 1, 4);
        var partition = new PartitionId("shop", 1);
        await AppendIdsAsync(partition, 4, seqs: 1, idsEach: 10);
        var before = await WindowsAsync(4);
        await SplitAsync("shop", 1, 4);
        await SplitAsync("shop", 2, 4);
        await SplitAsync("shop", 4, 4);
        Assert.Equal(before.Select(RunsOf), (await WindowsAsync(4)).Select(RunsOf));
    }

    [Fact]
    public async Task A_split_of_another_number_is_fenced()
    {
        await AppendIdsAsync(Make.Shop, 2, seqs: 3, idsEach: 40);
        foreach (var (from, to) in ((int, int)[])[(1, 4), (4, 8), (3, 6), (1, 1)])
            await AssertFencedAsync(Journal.SplitAsync("shop", from, to, Cancellation));
        Assert.Equal(new Dictionary<string, int> { ["shop"] = 2 }, await Journal.ReadPartitionCountsAsync(Cancellation));
        Assert.Equal(0, (await SnapshotAsync(new PartitionId("shop", 3))).PartitionCount);
        await SplitAsync("shop", 2, 4);
        await AssertFencedAsync(Journal.SplitAsync("shop", 2, 8, Cancellation));
    }

    [Fact]
    public async Task Numbers_that_make_no_split_are_the_callers_fault()
    {
        foreach (var (from, to) in ((int, int)[])[(0, 4), (-1, 1), (2, 5), (4, 2), (2, 0)])
            await Assert.ThrowsAsync<ArgumentException>(async () => await Journal.SplitAsync("shop", from, to, Cancellation));
        Assert.Empty(await Journal.ReadPartitionCountsAsync(Cancellation));
    }

    [Fact]
    public async Task A_split_whose_token_was_cancelled_before_does_nothing()
    {
        var result = await Journal.SplitAsync("shop", 1, 2, new CancellationToken(canceled: true));
        Assert.Equal(JournalOutcome.Refused, result.Outcome);
        Assert.Empty(await Journal.ReadPartitionCountsAsync(Cancellation));
    }

    [Fact]
    public async Task A_split_leaves_blocks_batches_and_ledger_where_they_are()
    {
        var other = new PartitionId("shop", 1);
        Block[] blocks = [.. Enumerable.Range(1, 6).Select(seq => Make.Block(seq))];
        await CommitAsync(Make.Append(Make.Shop, blocks) with { PartitionCount = 2 });
        await CommitAsync(Make.Append(other, Make.Block(1, LakeStream.Quarantine)) with { PartitionCount = 2 });
        var (shipped, pending) = (Make.Seal(Make.Shop, blocks[..2]), Make.Seal(Make.Shop, blocks[2..4], merged: [1, 2, 3]));
        await CommitAsync(shipped);
        await ConfirmAsync(shipped.Batch);
        await CommitAsync(pending);
        var status = await Journal.ReadStatusAsync(Cancellation);
        var ledger = await Journal.ReadLedgerAsync(default, Cancellation).ToListAsync(Cancellation);

        await SplitAsync("shop", 2, 4);
        await ReopenAsync();
        Assert.Equal(status with { StorageBytes = 0 }, (await Journal.ReadStatusAsync(Cancellation)) with { StorageBytes = 0 });
        Assert.Equal(ledger, await Journal.ReadLedgerAsync(default, Cancellation).ToListAsync(Cancellation));
        Assert.Equal([pending.Batch], await Journal.ReadPendingAsync(Lane.All, 10, None, Cancellation));
        Assert.Equal(shipped.Batch, Assert.Single(await Journal.ReadShippedAsync(default, Cancellation).ToListAsync(Cancellation)).Batch);
        Assert.Equal([Make.Shop, other], await Journal.ReadUnsealedPartitionsAsync(Lane.All, Make.Ever, Cancellation));

        // What was written before goes on its way: sealed, read and shipped from where it is.
        var rest = Make.Seal(Make.Shop, blocks[4..]);
        await CommitAsync(rest);
        Assert.Equal(BytesOf(blocks[4..]), await BytesOfAsync(rest.Batch));
        await ConfirmAsync(rest.Batch);
        await ConfirmAsync(pending.Batch);
        await AssertConservedAsync();
    }

    [Fact]
    public async Task Appends_that_race_with_a_split_are_before_it_or_fenced()
    {
        await AppendIdsAsync(Make.Shop, 1, seqs: 1, idsEach: 20);
        var isSplit = false;
        var writing = Task.Run(WriteAsync, Cancellation);
        await SplitAsync("shop", 1, 2);
        Volatile.Write(ref isSplit, true);
        var nextSeq = await writing;

        var parent = await SnapshotAsync(Make.Shop);
        Assert.Equal(nextSeq, parent.NextSeq);
        AssertHandedDown(Moved(parent, 1, 2), await SnapshotAsync(new PartitionId("shop", 1)));

        async Task<long> WriteAsync()
        {
            for (var seq = 2; ; seq++)
            {
                var isLate = Volatile.Read(ref isSplit);
                var result = await Journal.AppendAsync(WithIds(Make.Shop, 1, seq, 20), Cancellation);
                if (result.Outcome == JournalOutcome.Fenced)
                    return seq;
                Assert.Equal(JournalResult.Committed, result);
                Assert.False(isLate, "stored under the old number after the split");
            }
        }
    }

    private static Append WithIds(PartitionId partition, int count, long seq, int ids)
    {
        // Ids that are the partition's own, as a router would choose them.
        var bytes = new byte[ids * 16];
        var random = new Random(HashCode.Combine(partition, seq));
        for (var at = 0; at < bytes.Length; at += 16)
        {
            var id = new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64());
            id = id - (id % (UInt128)count) + (UInt128)partition.Number;
            BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(at), id);
        }

        // Partitions that a split makes write later than those that it splits.
        var block = Make.Block(seq, events: ids);
        var clock = block.Received + TimeSpan.FromSeconds(partition.Number);
        return Make.Append(partition, seq, [block], clock) with { PartitionCount = count, Ids = bytes };
    }

    private async Task AppendIdsAsync(PartitionId partition, int count, int seqs, int idsEach)
    {
        for (var seq = 1; seq <= seqs; seq++)
            await CommitAsync(WithIds(partition, count, seq, idsEach));
    }

    private async Task SplitAsync(string source, int from, int to) =>
        Assert.Equal(JournalResult.Committed, await Journal.SplitAsync(source, from, to, Cancellation));

    private async Task<PartitionSnapshot[]> WindowsAsync(int count)
    {
        var windows = new List<PartitionSnapshot>();
        for (var number = 0; number < count; number++)
            windows.Add(await SnapshotAsync(new PartitionId("shop", number)));
        return [.. windows];
    }

    private static (long FirstSeq, Instant Clock, string Ids)[] RunsOf(PartitionSnapshot snapshot) =>
        [.. snapshot.Ids.Select(run => (run.FirstSeq, run.Clock, Convert.ToHexString(run.Ids.Span)))];

    /// <summary>What of a window maps to a partition: the clock of each run, and its ids.</summary>
    private static (Instant Clock, string Ids)[] Moved(PartitionSnapshot parent, int number, int count) =>
    [
        .. parent.Ids
            .Select(run => (run.Clock, Ids: string.Concat(
                run.Ids.ToArray().Chunk(16)
                    .Where(id => BinaryPrimitives.ReadUInt128BigEndian(id) % (UInt128)count == (UInt128)number)
                    .Select(Convert.ToHexString))))
            .Where(run => run.Ids.Length > 0),
    ];

    private static void AssertHandedDown((Instant Clock, string Ids)[] expected, PartitionSnapshot child)
    {
        Assert.NotEmpty(expected);
        Assert.Equal(expected, RunsOf(child).Select(run => (run.Clock, run.Ids)));
        Assert.All(child.Ids, run => Assert.InRange(run.FirstSeq, long.MinValue + 1, 0));
        Assert.Equal(child.Ids.Select(run => run.FirstSeq).Order().Distinct(), child.Ids.Select(run => run.FirstSeq));
    }
}
