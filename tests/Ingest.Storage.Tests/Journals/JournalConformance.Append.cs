using Ingest.Engine;

namespace Ingest.Storage.Tests;

public abstract partial class JournalConformance
{
    [Fact]
    public void The_id_is_eight_letters_and_digits() => Assert.Matches("^[a-z2-7]{8}$", Journal.Id);

    [Fact]
    public async Task The_id_stays_over_a_restart()
    {
        var id = Journal.Id;
        await ReopenAsync();
        Assert.Equal(id, Journal.Id);
    }

    [Fact]
    public async Task A_partition_never_written_is_empty()
    {
        var snapshot = await SnapshotAsync(Make.Shop);
        Assert.Equal(1, snapshot.NextSeq);
        Assert.Equal(default, snapshot.Clock);
        Assert.Empty(snapshot.Unsealed);
        Assert.Empty(snapshot.Ids);
        Assert.Empty(await Journal.ReadUnsealedPartitionsAsync(Lane.All, Make.Ever, Cancellation));
        Assert.Equal(new JournalStatus(0, 0, 0, 0, null, 0), (await Journal.ReadStatusAsync(Cancellation)) with { StorageBytes = 0 });
    }

    [Fact]
    public async Task An_append_reads_back_after_a_restart()
    {
        Block[] blocks = [Make.Block(1), Make.Block(2, LakeStream.Quarantine, events: 5), Make.Block(3, bodyBytes: 300_000)];
        var append = Make.Append(Make.Shop, blocks);
        await CommitAsync(append);
        await ReopenAsync();

        var snapshot = await SnapshotAsync(Make.Shop);
        Assert.Equal(4, snapshot.NextSeq);
        Assert.Equal(append.Clock, snapshot.Clock);
        Assert.Equal(blocks.Select(b => b.Info), snapshot.Unsealed);
        var run = Assert.Single(snapshot.Ids);
        Assert.Equal((1, append.Clock), (run.FirstSeq, run.Clock));
        Assert.Equal(append.Ids.ToArray(), run.Ids.ToArray());
        Assert.Equal(BytesOf([blocks[0], blocks[2]]), await CollectAsync(Journal.ReadBlocksAsync(Make.Shop, LakeStream.Good, 1, 3, Cancellation)));
        Assert.Equal(BytesOf([blocks[1]]), await CollectAsync(Journal.ReadBlocksAsync(Make.Shop, LakeStream.Quarantine, 1, 3, Cancellation)));
        Assert.Equal(BytesOf([blocks[2]]), await CollectAsync(Journal.ReadBlocksAsync(Make.Shop, LakeStream.Good, 2, 3, Cancellation)));
    }

    [Fact]
    public async Task An_append_of_counts_alone_moves_clock_and_ledger_only()
    {
        var counts = new LedgerCounts(Make.Hour, 3, 0, 0, 2, 1);
        var clock = Make.Hour.Start + TimeSpan.FromSeconds(7);
        await CommitAsync(new Append(Make.Shop, Make.PartitionCount, 1, [], default, 0, clock, [counts]));
        await CommitAsync(new Append(Make.Shop, Make.PartitionCount, 1, [], default, 0, clock, [counts]));
        await ReopenAsync();

        var snapshot = await SnapshotAsync(Make.Shop);
        Assert.Equal((1, clock), (snapshot.NextSeq, snapshot.Clock));
        var row = Assert.Single(await Journal.ReadLedgerAsync(Make.Hour, Cancellation).ToListAsync(Cancellation));
        Assert.Equal(new LedgerCounts(Make.Hour, 6, 0, 0, 4, 2), row.Counts);
        Assert.Empty(await Journal.ReadUnsealedPartitionsAsync(Lane.All, Make.Ever, Cancellation));
    }

    [Fact]
    public async Task Concurrent_appends_of_many_partitions_all_commit()
    {
        const int Partitions = 40;
        const int Each = 25;
        await Task.WhenAll(Enumerable.Range(0, Partitions).Select(async number =>
        {
            await Task.Yield();
            await AppendBlocksAsync(new PartitionId("crowd", number), 1, Each);
        }));
        await ReopenAsync();

        for (var number = 0; number < Partitions; number++)
        {
            var partition = new PartitionId("crowd", number);
            var snapshot = await SnapshotAsync(partition);
            Assert.Equal(Each + 1, snapshot.NextSeq);
            Assert.Equal(Enumerable.Range(1, Each).Select(s => Make.Block(s).Info), snapshot.Unsealed);
            Assert.Equal(Each, snapshot.Ids.Count);
        }

        var unsealed = await Journal.ReadUnsealedPartitionsAsync(Lane.All, Make.Ever, Cancellation);
        Assert.Equal(Enumerable.Range(0, Partitions).Select(n => new PartitionId("crowd", n)), unsealed);
        Assert.Equal(Partitions * Each * 2, (await Journal.ReadStatusAsync(Cancellation)).Unsealed);
        await AssertConservedAsync();
    }

    [Fact]
    public async Task Status_counts_blocks_batches_and_the_oldest_event()
    {
        var blocks = await AppendBlocksAsync(Make.Shop, 1, 4);
        var other = Make.Block(1, LakeStream.Quarantine, events: 9);
        await CommitAsync(Make.Append(new PartitionId("zoo", 3), other));
        await CommitAsync(Make.Seal(Make.Shop, blocks[..2]));

        var status = await Journal.ReadStatusAsync(Cancellation);
        Assert.Equal(new JournalStatus(4 + 9, 4, 1, 500, blocks[0].Received, 0), status with { StorageBytes = 0 });
        Assert.True(status.StorageBytes >= 500);

        await ConfirmAsync(Make.Seal(Make.Shop, blocks[..2]).Batch);
        await ReopenAsync();
        status = await Journal.ReadStatusAsync(Cancellation);
        Assert.Equal(new JournalStatus(4 + 9, 0, 0, 300, other.Received, 0), status with { StorageBytes = 0 });
    }

    [Fact]
    public async Task A_token_cancelled_before_stores_nothing()
    {
        var result = await Journal.AppendAsync(Make.Append(Make.Shop, Make.Block(1)), new CancellationToken(canceled: true));
        Assert.Equal(JournalOutcome.Refused, result.Outcome);
        Assert.Equal(1, (await SnapshotAsync(Make.Shop)).NextSeq);
    }

    [Fact]
    public async Task A_closed_journal_refuses_writes()
    {
        var journal = Journal;
        await ReopenAsync();
        var result = await journal.AppendAsync(Make.Append(Make.Shop, Make.Block(1)), Cancellation);
        Assert.Equal(JournalOutcome.Refused, result.Outcome);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await journal.ReadStatusAsync(Cancellation));
        Assert.Equal(1, (await SnapshotAsync(Make.Shop)).NextSeq);
    }

    [Fact]
    public async Task Contradictions_are_the_callers_fault()
    {
        var good = Make.Append(Make.Shop, Make.Block(1));
        await AssertThrowsAsync(good with { FirstSeq = 0 });
        await AssertThrowsAsync(good with { FirstSeq = 2 });
        await AssertThrowsAsync(good with { Ids = new byte[15] });
        await AssertThrowsAsync(good with { Blocks = [] });
        await AssertThrowsAsync(good with { ForgetIdsBelow = 3 });
        await AssertThrowsAsync(good with { PartitionCount = 0 });
        await AssertThrowsAsync(good with { Blocks = [Make.Block(1), Make.Block(3)] });
        await AssertThrowsAsync(good with { Blocks = [Make.Block(1, events: 0)] });
        await AssertThrowsAsync(good with { Blocks = [Make.Block(1, bodyBytes: 0)] });
        await CommitAsync(good);

        async Task AssertThrowsAsync(Append append) =>
            await Assert.ThrowsAsync<ArgumentException>(async () => await Journal.AppendAsync(append, Cancellation));
    }
}
