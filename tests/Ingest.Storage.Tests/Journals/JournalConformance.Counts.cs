using Ingest.Engine;

namespace Ingest.Storage.Tests;

public abstract partial class JournalConformance
{
    [Fact]
    public async Task The_first_append_sets_the_number_of_partitions_of_its_source()
    {
        Assert.Equal(0, (await SnapshotAsync(Make.Shop)).PartitionCount);
        Assert.Empty(await Journal.ReadPartitionCountsAsync(Cancellation));

        await CommitAsync(Make.Append(Make.Shop, Make.Block(1)) with { PartitionCount = 4 });
        await CommitAsync(Make.Append(new PartitionId("shop", 3), Make.Block(1)) with { PartitionCount = 4 });
        await CommitAsync(new Append(new PartitionId("web", 0), 1, 1, [], default, long.MinValue, default, []));
        await ReopenAsync();

        Assert.Equal(4, (await SnapshotAsync(Make.Shop)).PartitionCount);
        Assert.Equal(1, (await SnapshotAsync(new PartitionId("web", 0))).PartitionCount);
        Assert.Equal(
            new Dictionary<string, int> { ["shop"] = 4, ["web"] = 1 }, await Journal.ReadPartitionCountsAsync(Cancellation));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public async Task An_append_made_for_another_number_of_partitions_is_fenced(int count)
    {
        await CommitAsync(Make.Append(Make.Shop, Make.Block(1)) with { PartitionCount = 4 });
        var blocks = Make.Append(Make.Shop, Make.Block(2)) with { PartitionCount = count };
        var countsAlone = blocks with { Blocks = [], Ids = default };
        await AssertFencedAsync(Journal.AppendAsync(blocks, Cancellation));
        await AssertFencedAsync(Journal.AppendAsync(countsAlone, Cancellation));
        await ReopenAsync();
        await AssertFencedAsync(Journal.AppendAsync(blocks, Cancellation));

        var snapshot = await SnapshotAsync(Make.Shop);
        Assert.Equal((2, 4), (snapshot.NextSeq, snapshot.PartitionCount));
        Assert.Equal(2, (await Journal.ReadStatusAsync(Cancellation)).Unsealed);
        await CommitAsync(blocks with { PartitionCount = 4 });
        await AssertConservedAsync();
    }

    [Fact]
    public async Task The_first_append_of_a_partition_is_fenced_by_the_number_of_its_source()
    {
        await CommitAsync(Make.Append(Make.Shop, Make.Block(1)) with { PartitionCount = 1 });
        var other = new PartitionId("shop", 2);
        await AssertFencedAsync(Journal.AppendAsync(Make.Append(other, Make.Block(1)) with { PartitionCount = 4 }, Cancellation));
        Assert.Equal(new Dictionary<string, int> { ["shop"] = 1 }, await Journal.ReadPartitionCountsAsync(Cancellation));
        Assert.Equal([Make.Shop], await Journal.ReadUnsealedPartitionsAsync(Lane.All, Make.Ever, Cancellation));
        Assert.Empty((await SnapshotAsync(other)).Unsealed);
    }

    [Fact]
    public async Task An_append_fenced_by_its_number_leaves_its_neighbours_alone()
    {
        await CommitAsync(Make.Append(Make.Shop, Make.Block(1)));
        var writes = new List<Task<JournalResult>>();
        for (var i = 0; i < 60; i++)
        {
            var append = i % 3 == 0
                ? Make.Append(Make.Shop, Make.Block(2)) with { PartitionCount = i + 1 }
                : Make.Append(new PartitionId("near", i), Make.Block(1));
            writes.Add(Journal.AppendAsync(append, Cancellation).AsTask());
        }

        var results = await Task.WhenAll(writes);
        for (var i = 0; i < results.Length; i++)
            Assert.Equal(i % 3 == 0 ? JournalOutcome.Fenced : JournalOutcome.Committed, results[i].Outcome);
        Assert.Equal(2, (await SnapshotAsync(Make.Shop)).NextSeq);
        await CommitAsync(Make.Append(Make.Shop, Make.Block(2)));
    }
}
