using Ingest.Engine;

namespace Ingest.Storage.Tests;

public abstract partial class JournalConformance
{
    [Fact]
    public async Task Ids_outlive_their_blocks()
    {
        var blocks = await AppendBlocksAsync(Make.Shop, 1, 3);
        var seal = Make.Seal(Make.Shop, blocks, merged: [1, 2, 3]);
        await CommitAsync(seal);
        await ConfirmAsync(seal.Batch);
        await ReopenAsync();

        var runs = (await SnapshotAsync(Make.Shop)).Ids;
        Assert.Equal([1, 2, 3], runs.Select(r => r.FirstSeq));
        for (var i = 0; i < 3; i++)
            Assert.Equal(Make.Ids(i + 1, 2), runs[i].Ids.ToArray());
    }

    [Theory]
    [InlineData(0, new long[0])]
    [InlineData(1, new long[] { 6 })]
    [InlineData(2, new long[] { 6 })]
    [InlineData(3, new long[] { 5, 6 })]
    [InlineData(7, new long[] { 3, 4, 5, 6 })]
    [InlineData(12, new long[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(int.MaxValue, new long[] { 1, 2, 3, 4, 5, 6 })]
    public async Task The_newest_ids_come_back_in_whole_runs(int idsMax, long[] expected)
    {
        await AppendBlocksAsync(Make.Shop, 1, 6);
        await AppendBlocksAsync(new PartitionId("shop", 1), 1, 2);
        var snapshot = await Journal.ReadPartitionAsync(Make.Shop, idsMax, default, Cancellation);
        Assert.Equal(expected, snapshot.Ids.Select(r => r.FirstSeq));
    }

    [Fact]
    public async Task Runs_with_an_older_clock_are_left_out()
    {
        for (var seq = 1; seq <= 6; seq++)
            await CommitAsync(Make.Append(Make.Shop, seq, [Make.Block(seq)], new Instant(seq * 10)));

        var snapshot = await Journal.ReadPartitionAsync(Make.Shop, int.MaxValue, new Instant(30), Cancellation);
        Assert.Equal([3, 4, 5, 6], snapshot.Ids.Select(r => r.FirstSeq));
        snapshot = await Journal.ReadPartitionAsync(Make.Shop, 3, new Instant(30), Cancellation);
        Assert.Equal([5, 6], snapshot.Ids.Select(r => r.FirstSeq));
        snapshot = await Journal.ReadPartitionAsync(Make.Shop, int.MaxValue, new Instant(61), Cancellation);
        Assert.Empty(snapshot.Ids);
    }

    [Fact]
    public async Task Ids_below_a_seq_are_forgotten()
    {
        await AppendBlocksAsync(Make.Shop, 1, 5);
        await CommitAsync(Make.Append(Make.Shop, 6, [Make.Block(6)], default, forgetBelow: 4));
        Assert.Equal([4, 5, 6], (await SnapshotAsync(Make.Shop)).Ids.Select(r => r.FirstSeq));
        await CommitAsync(Make.Append(Make.Shop, 7, [Make.Block(7)], default, forgetBelow: 2)); // Already gone.
        await CommitAsync(new Append(Make.Shop, Make.PartitionCount, 8, [], default, 6, default, []));
        await ReopenAsync();
        Assert.Equal([6, 7], (await SnapshotAsync(Make.Shop)).Ids.Select(r => r.FirstSeq));
        await CommitAsync(Make.Append(Make.Shop, 8, [Make.Block(8)], default, forgetBelow: 8));
        Assert.Equal([8], (await SnapshotAsync(Make.Shop)).Ids.Select(r => r.FirstSeq));
        await CommitAsync(new Append(Make.Shop, Make.PartitionCount, 9, [], default, 9, default, []));
        Assert.Empty((await SnapshotAsync(Make.Shop)).Ids);
        await CommitAsync(Make.Append(Make.Shop, 9, [Make.Block(9)], default));
        Assert.Equal([9], (await SnapshotAsync(Make.Shop)).Ids.Select(r => r.FirstSeq));
    }
}
