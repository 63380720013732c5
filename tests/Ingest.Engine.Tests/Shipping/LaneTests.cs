namespace Ingest.Engine.Tests;

public sealed class LaneTests
{
    /// <summary>Numbers of another implementation of FNV-1a. A lane that changed would put batches from two processes.</summary>
    [Theory]
    [InlineData("web", 0, 29_167_390u)]
    [InlineData("web", 1, 45_945_009u)]
    [InlineData("shop.eu-1", 12, 982_848_973u)]
    [InlineData("0", 0, 1_266_575_376u)]
    [InlineData("a", int.MaxValue, 3_548_858_397u)]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", 1023, 2_644_076_356u)]
    public void The_hash_of_a_partition_never_changes(string source, int number, uint hash) =>
        Assert.Equal(hash, Lane.Hash(new PartitionId(source, number)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(16)]
    public void Each_partition_has_one_lane_and_lanes_share_alike(int count)
    {
        PartitionId[] partitions =
        [
            .. from source in Enumerable.Range(0, 100) from number in Enumerable.Range(0, 64)
               select new PartitionId($"source-{source}", number),
        ];
        var held = new int[count];
        foreach (var partition in partitions)
        {
            var lane = Assert.Single(Enumerable.Range(0, count).Select(index => new Lane(index, count)), lane => lane.Holds(partition));
            Assert.Equal(lane, Lane.Of(partition, count));
            held[lane.Index]++;
        }

        // Within a fifth of the mean: the deviation of 400 of 6,400 by chance is 20.
        Assert.All(held, share => Assert.InRange(share, partitions.Length / count * 4 / 5, partitions.Length / count * 6 / 5));
    }

    [Fact]
    public void All_is_the_one_lane_of_everything() =>
        Assert.Equal(Lane.Of(new PartitionId("web", 3), 1), Lane.All);
}
