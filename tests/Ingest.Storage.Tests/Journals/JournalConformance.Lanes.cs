using Ingest.Engine;

namespace Ingest.Storage.Tests;

public abstract partial class JournalConformance
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    public async Task Every_partition_is_in_exactly_one_lane(int count)
    {
        foreach (var partition in ManyPartitions())
        {
            var blocks = await AppendBlocksAsync(partition, 1, 3);
            await CommitAsync(Make.Seal(partition, blocks[..1], sealedAt: partition.Number % 3));
            await CommitAsync(Make.Seal(partition, blocks[1..2], sealedAt: partition.Number % 4));
        }

        var lanes = Enumerable.Range(0, count).Select(index => new Lane(index, count)).ToArray();
        var unsealed = await Journal.ReadUnsealedPartitionsAsync(Lane.All, Make.Ever, Cancellation);
        var pending = await Journal.ReadPendingAsync(Lane.All, 1_000, None, Cancellation);
        Assert.Equal(ManyPartitions(), unsealed);
        Assert.Equal(2 * unsealed.Count, pending.Count);
        foreach (var lane in lanes)
        {
            // Each lane is the whole without the others: what is there, and in which order.
            Assert.Equal(
                unsealed.Where(lane.Holds), await Journal.ReadUnsealedPartitionsAsync(lane, Make.Ever, Cancellation));
            Assert.Equal(
                pending.Where(batch => lane.Holds(batch.Partition)), await Journal.ReadPendingAsync(lane, 1_000, None, Cancellation));
        }

        Assert.All(unsealed, partition => Assert.Single(lanes, lane => lane.Holds(partition)));
    }

    [Fact]
    public async Task A_limit_and_what_to_leave_out_count_within_the_lane()
    {
        foreach (var partition in ManyPartitions())
            await CommitAsync(Make.Seal(partition, await AppendBlocksAsync(partition, 1, 1)));

        var lane = new Lane(1, 3);
        var all = await Journal.ReadPendingAsync(lane, 1_000, None, Cancellation);
        Assert.InRange(all.Count, 4, ManyPartitions().Count() - 4);
        Assert.Equal(all.Take(3), await Journal.ReadPendingAsync(lane, 3, None, Cancellation));
        var without = new HashSet<BatchId> { all[0].Id, all[2].Id };
        Assert.Equal([all[1], all[3]], await Journal.ReadPendingAsync(lane, 2, without, Cancellation));
    }

    [Fact]
    public async Task Partitions_whose_oldest_open_block_is_young_are_left_out()
    {
        var (young, old, both) = (new PartitionId("shop", 0), new PartitionId("shop", 1), new PartitionId("shop", 2));
        await CommitAsync(Make.Append(young, Received(1, 50)));
        await CommitAsync(Make.Append(old, Received(1, 20), Received(2, 60)));
        Block[] blocks = [Received(1, 10, LakeStream.Quarantine), Received(2, 30)];
        await CommitAsync(Make.Append(both, blocks));

        await AssertUnsealedAsync(10);
        await AssertUnsealedAsync(11, both);
        await AssertUnsealedAsync(21, old, both);
        await AssertUnsealedAsync(50, old, both);
        await AssertUnsealedAsync(51, young, old, both);

        // What is in a batch counts no longer.
        await CommitAsync(Make.Seal(both, blocks[..1]));
        await AssertUnsealedAsync(30, old);
        await AssertUnsealedAsync(31, old, both);
        await ReopenAsync();
        await AssertUnsealedAsync(31, old, both);

        static Block Received(long seq, int milliseconds, LakeStream stream = LakeStream.Good) =>
            Make.Block(seq, stream) with { Received = Make.Hour.Start + TimeSpan.FromMilliseconds(milliseconds) };

        async Task AssertUnsealedAsync(int before, params PartitionId[] expected) => Assert.Equal(
            expected,
            await Journal.ReadUnsealedPartitionsAsync(
                Lane.All, Make.Hour.Start + TimeSpan.FromMilliseconds(before), Cancellation));
    }

    private static IEnumerable<PartitionId> ManyPartitions() =>
        from source in new[] { "app", "shop.eu", "web" } from number in Enumerable.Range(0, 12) select new PartitionId(source, number);
}
