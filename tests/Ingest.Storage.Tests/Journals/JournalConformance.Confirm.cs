using Ingest.Engine;

namespace Ingest.Storage.Tests;

public abstract partial class JournalConformance
{
    [Fact]
    public async Task A_confirmed_batch_is_counted_once_and_kept_for_the_audit()
    {
        var blocks = await AppendBlocksAsync(Make.Shop, 1, 3);
        var seal = Make.Seal(Make.Shop, blocks[..2]);
        await CommitAsync(seal);
        var shipped = Make.Shipped(seal.Batch);
        await ConfirmAsync(seal.Batch);
        await ConfirmAsync(seal.Batch);
        await ReopenAsync();
        var again = await Journal.ConfirmAsync(seal.Batch.Id, shipped with { Key = "other", Length = 1 }, Cancellation);

        Assert.Equal(JournalResult.Committed, again);
        Assert.Equal([new ShippedBatch(seal.Batch, shipped)], await ShippedAsync(Make.Hour));
        Assert.Empty(await ShippedAsync(new LakeHour(Make.Hour.Number + 1)));
        Assert.Empty(await Journal.ReadPendingAsync(Lane.All, 10, None, Cancellation));
        var row = Assert.Single(await Journal.ReadLedgerAsync(Make.Hour, Cancellation).ToListAsync(Cancellation));
        Assert.Equal((4, 0, 2, 0), (row.ShippedGood, row.ShippedQuarantined, row.PendingGood, row.PendingQuarantined));
        await AssertConservedAsync();
    }

    [Fact]
    public async Task Confirming_gives_the_space_back()
    {
        var blocks = await AppendBlocksAsync(Make.Shop, 1, 4);
        var seal = Make.Seal(Make.Shop, blocks);
        await CommitAsync(seal);
        Assert.Equal(400, (await Journal.ReadStatusAsync(Cancellation)).BacklogBytes);
        await ConfirmAsync(seal.Batch);
        Assert.Equal(0, (await Journal.ReadStatusAsync(Cancellation)).BacklogBytes);
        await Assert.ThrowsAsync<BatchNotPendingException>(() => BytesOfAsync(seal.Batch));
    }

    [Fact]
    public async Task A_batch_never_sealed_cannot_be_confirmed()
    {
        await AppendBlocksAsync(Make.Shop, 1, 2);
        var shipped = new ShippedObject("key", 1, new string('a', 64), default);
        await AssertFencedAsync(Journal.ConfirmAsync(new BatchId(Make.Shop, 1, LakeStream.Good), shipped, Cancellation));
        await AssertFencedAsync(Journal.ConfirmAsync(new BatchId(new PartitionId("nobody", 1), 1, LakeStream.Good), shipped, Cancellation));
        Assert.Empty(await ShippedAsync(default));
        await AssertConservedAsync();
    }

    [Fact]
    public async Task A_batch_that_is_not_pending_as_given_cannot_be_read()
    {
        var blocks = await AppendBlocksAsync(Make.Shop, 1, 2);
        var seal = Make.Seal(Make.Shop, blocks);
        await Assert.ThrowsAsync<BatchNotPendingException>(() => BytesOfAsync(seal.Batch));
        await CommitAsync(seal);
        await Assert.ThrowsAsync<BatchNotPendingException>(() => BytesOfAsync(seal.Batch with { Events = 3 }));
        await Assert.ThrowsAsync<BatchNotPendingException>(() => BytesOfAsync(seal.Batch with { Stream = LakeStream.Quarantine }));
    }

    [Fact]
    public async Task Shipped_batches_come_by_partition_stream_and_seq()
    {
        var expected = new List<ShippedBatch>();
        var partitions = new[] { new PartitionId("b", 10), new PartitionId("b", 9), new PartitionId("a", 2) };
        foreach (var partition in partitions)
        {
            Block[] blocks = [Make.Block(1, LakeStream.Quarantine), Make.Block(2), Make.Block(3), Make.Block(4, LakeStream.Quarantine)];
            await CommitAsync(Make.Append(partition, blocks));
            foreach (var block in blocks.Reverse().OrderBy(b => b.Stream).ThenBy(b => b.Seq))
            {
                var batch = Make.Seal(partition, [block]).Batch;
                await CommitAsync(new Seal(batch, null));
                await ConfirmAsync(batch);
                expected.Add(new ShippedBatch(batch, Make.Shipped(batch)));
            }
        }

        expected = [.. expected.OrderBy(s => s.Batch.Partition.Source, StringComparer.Ordinal).ThenBy(s => s.Batch.Partition.Number)
            .ThenBy(s => s.Batch.Stream).ThenBy(s => s.Batch.FromSeq)];
        Assert.Equal(expected, await ShippedAsync(default));
    }

    [Fact]
    public async Task Forgetting_drops_old_hours_and_keeps_what_is_pending()
    {
        var next = new LakeHour(Make.Hour.Number + 1);
        Block[] blocks = [Make.Block(1), Make.Block(2), Make.Block(3, LakeStream.Quarantine), Make.Block(4, hour: next)];
        await CommitAsync(Make.Append(Make.Shop, blocks));
        var other = new PartitionId("zoo", 0);
        var done = Make.Block(1);
        await CommitAsync(Make.Append(other, done));
        var first = Make.Seal(Make.Shop, [blocks[0]]);
        var second = Make.Seal(Make.Shop, [blocks[1]]);
        var third = Make.Seal(other, [done]);
        foreach (var seal in new[] { first, second, third })
            await CommitAsync(seal);
        await ConfirmAsync(first.Batch);
        await ConfirmAsync(third.Batch);

        Assert.Equal(JournalResult.Committed, await Journal.ForgetBeforeAsync(next, Cancellation));
        await ReopenAsync();

        Assert.Empty(await ShippedAsync(default));
        Assert.Equal([second.Batch], await Journal.ReadPendingAsync(Lane.All, 10, None, Cancellation));
        Assert.Equal(BytesOf([blocks[1]]), await BytesOfAsync(second.Batch));
        Assert.Equal([blocks[2].Info, blocks[3].Info], (await SnapshotAsync(Make.Shop)).Unsealed);
        var rows = await Journal.ReadLedgerAsync(default, Cancellation).ToListAsync(Cancellation);
        Assert.Equal([(Make.Shop, Make.Hour), (Make.Shop, next)], rows.Select(r => (r.Partition, r.Counts.Hour)));
        await AssertConservedAsync();

        await ConfirmAsync(second.Batch);
        var last = Make.Seal(Make.Shop, [blocks[2]]);
        await CommitAsync(last);
        await ConfirmAsync(last.Batch);
        await AssertConservedAsync();
        await Journal.ForgetBeforeAsync(next, Cancellation);
        rows = await Journal.ReadLedgerAsync(default, Cancellation).ToListAsync(Cancellation);
        Assert.Equal([(Make.Shop, next)], rows.Select(r => (r.Partition, r.Counts.Hour)));
        Assert.Equal(5, (await SnapshotAsync(Make.Shop)).NextSeq);
    }

    [Fact]
    public async Task Stored_events_that_nobody_counted_show_in_the_ledger()
    {
        await CommitAsync(Make.Append(Make.Shop, Make.Block(1)) with { Counts = [] });
        var row = Assert.Single(await Journal.ReadLedgerAsync(default, Cancellation).ToListAsync(Cancellation));
        Assert.Equal(2, row.PendingGood);
        Assert.NotEmpty(Conservation.Violations(row));
    }

    [Fact]
    public async Task The_ledger_comes_by_partition_and_hour()
    {
        PartitionId[] partitions = [new("b", 10), new("b", 9), new("a", 2), new("B", 1)];
        foreach (var partition in partitions)
        {
            for (var seq = 1; seq <= 3; seq++)
                await CommitAsync(Make.Append(partition, Make.Block(seq, hour: new LakeHour(Make.Hour.Number + seq))));
        }

        var rows = await Journal.ReadLedgerAsync(new LakeHour(Make.Hour.Number + 2), Cancellation).ToListAsync(Cancellation);
        PartitionId[] sorted = [new("B", 1), new("a", 2), new("b", 9), new("b", 10)];
        Assert.Equal(
            sorted.SelectMany(p => new[] { (p, Make.Hour.Number + 2), (p, Make.Hour.Number + 3) }),
            rows.Select(r => (r.Partition, r.Counts.Hour.Number)));
        Assert.All(rows, r => Assert.Empty(Conservation.Violations(r)));
    }

    private async Task<List<ShippedBatch>> ShippedAsync(LakeHour from) =>
        await Journal.ReadShippedAsync(from, Cancellation).ToListAsync(Cancellation);
}
