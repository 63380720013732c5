using Ingest.Engine;

namespace Ingest.Storage.Tests;

public abstract partial class JournalConformance
{
    [Fact]
    public async Task A_sealed_batch_is_pending_and_reads_the_same_bytes_each_time()
    {
        var blocks = await AppendBlocksAsync(Make.Shop, 1, 5, bodyBytes: 70_000);
        var seal = Make.Seal(Make.Shop, blocks[..4]);
        await CommitAsync(seal);

        for (var round = 0; round < 2; round++)
        {
            Assert.Equal([seal.Batch], await Journal.ReadPendingAsync(Lane.All, 10, None, Cancellation));
            Assert.Equal(BytesOf(blocks[..4]), await BytesOfAsync(seal.Batch));
            Assert.Equal([blocks[4].Info], (await SnapshotAsync(Make.Shop)).Unsealed);
            await ReopenAsync();
        }

        await AssertConservedAsync();
    }

    [Fact]
    public async Task A_seal_that_is_not_the_oldest_unsealed_run_is_fenced()
    {
        var blocks = await AppendBlocksAsync(Make.Shop, 1, 6);
        var next = new LakeHour(Make.Hour.Number + 1);
        var late = Make.Block(7, hour: next);
        await CommitAsync(Make.Append(Make.Shop, late));

        var good = Make.Seal(Make.Shop, blocks[..3]);
        await AssertSealFencedAsync(Make.Seal(Make.Shop, blocks[1..3])); // Not the oldest.
        await AssertSealFencedAsync(good with { Batch = good.Batch with { FromSeq = 0 } });
        await AssertSealFencedAsync(good with { Batch = good.Batch with { ToSeq = 4 } });
        await AssertSealFencedAsync(good with { Batch = good.Batch with { ToSeq = 2 } });
        await AssertSealFencedAsync(good with { Batch = good.Batch with { ToSeq = 0 } });
        await AssertSealFencedAsync(good with { Batch = good.Batch with { ToSeq = 99 } });
        await AssertSealFencedAsync(good with { Batch = good.Batch with { Blocks = 2 } });
        await AssertSealFencedAsync(good with { Batch = good.Batch with { Blocks = 4 } });
        await AssertSealFencedAsync(good with { Batch = good.Batch with { Blocks = 0 } });
        await AssertSealFencedAsync(good with { Batch = good.Batch with { Events = 7 } });
        await AssertSealFencedAsync(good with { Batch = good.Batch with { LineBytes = 7 } });
        await AssertSealFencedAsync(good with { Batch = good.Batch with { BodyBytes = 7 } });
        await AssertSealFencedAsync(good with { Batch = good.Batch with { Hour = next } });
        await AssertSealFencedAsync(good with { Batch = good.Batch with { Stream = LakeStream.Quarantine } });
        await AssertSealFencedAsync(good with { Batch = good.Batch with { Partition = new PartitionId("nobody", 0) } });
        await AssertSealFencedAsync(Make.Seal(Make.Shop, [.. blocks, late])); // Two hours.
        Assert.Empty(await Journal.ReadPendingAsync(Lane.All, 10, None, Cancellation));

        await CommitAsync(good);
        await AssertSealFencedAsync(good); // Sealed already.
        await AssertSealFencedAsync(Make.Seal(Make.Shop, blocks[2..5])); // Overlaps.
        await CommitAsync(Make.Seal(Make.Shop, blocks[3..]));
        await CommitAsync(Make.Seal(Make.Shop, [late]));
        await AssertSealFencedAsync(Make.Seal(Make.Shop, [late])); // Nothing left.
        Assert.Equal(3, (await Journal.ReadPendingAsync(Lane.All, 10, None, Cancellation)).Count);
        Assert.Empty(await Journal.ReadUnsealedPartitionsAsync(Lane.All, Make.Ever, Cancellation));
        await AssertConservedAsync();

        Task AssertSealFencedAsync(Seal seal) => AssertFencedAsync(Journal.SealAsync(seal, Cancellation));
    }

    [Fact]
    public async Task Streams_are_sealed_independently()
    {
        Block[] blocks =
        [
            Make.Block(1), Make.Block(2, LakeStream.Quarantine), Make.Block(3), Make.Block(4, LakeStream.Quarantine), Make.Block(5),
        ];
        await CommitAsync(Make.Append(Make.Shop, blocks));
        var good = Make.Seal(Make.Shop, [blocks[0], blocks[2]]);
        var bad = Make.Seal(Make.Shop, [blocks[1], blocks[3]]);
        await CommitAsync(bad);
        Assert.Equal([blocks[0].Info, blocks[2].Info, blocks[4].Info], (await SnapshotAsync(Make.Shop)).Unsealed);
        await CommitAsync(good);
        await ReopenAsync();

        Assert.Equal([blocks[4].Info], (await SnapshotAsync(Make.Shop)).Unsealed);
        Assert.Equal(BytesOf([blocks[0], blocks[2]]), await BytesOfAsync(good.Batch));
        Assert.Equal(BytesOf([blocks[1], blocks[3]]), await BytesOfAsync(bad.Batch));
        await ConfirmAsync(good.Batch);
        Assert.Equal(BytesOf([blocks[1], blocks[3]]), await BytesOfAsync(bad.Batch));
        await AssertConservedAsync();
    }

    [Fact]
    public async Task Hours_that_alternate_are_sealed_run_by_run()
    {
        var next = new LakeHour(Make.Hour.Number + 1);
        Block[] blocks = [Make.Block(1), Make.Block(2, hour: next), Make.Block(3)];
        await CommitAsync(Make.Append(Make.Shop, blocks));
        await AssertFencedAsync(Journal.SealAsync(Make.Seal(Make.Shop, blocks), Cancellation));
        foreach (var block in blocks)
            await CommitAsync(Make.Seal(Make.Shop, [block]));
        await AssertConservedAsync();
    }

    [Theory]
    [InlineData(50)]
    [InlineData(3_000_000)]
    public async Task A_merged_body_replaces_the_blocks(int length)
    {
        var blocks = await AppendBlocksAsync(Make.Shop, 1, 4);
        var merged = Make.Body(77, length);
        var seal = Make.Seal(Make.Shop, blocks[..3], merged: merged);
        await CommitAsync(seal);
        await ReopenAsync();

        Assert.Equal([seal.Batch], await Journal.ReadPendingAsync(Lane.All, 10, None, Cancellation));
        Assert.Equal(merged, await BytesOfAsync(seal.Batch));
        var status = await Journal.ReadStatusAsync(Cancellation);
        Assert.Equal(new JournalStatus(2, 6, 1, length + 100, blocks[0].Received, 0), status with { StorageBytes = 0 });
        await AssertConservedAsync();

        await ConfirmAsync(seal.Batch);
        Assert.Equal(100, (await Journal.ReadStatusAsync(Cancellation)).BacklogBytes);
        await AssertConservedAsync();
        Assert.Equal([blocks[3].Info], (await SnapshotAsync(Make.Shop)).Unsealed);
    }

    [Fact]
    public async Task A_merged_body_of_another_length_is_the_callers_fault()
    {
        var blocks = await AppendBlocksAsync(Make.Shop, 1, 1);
        var seal = Make.Seal(Make.Shop, blocks, merged: new byte[10]);
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await Journal.SealAsync(seal with { MergedBody = new byte[11] }, Cancellation));
    }

    [Fact]
    public async Task Pending_batches_come_by_age_then_partition_stream_and_seq()
    {
        var expected = new List<Batch>();
        foreach (var (source, number) in new[] { ("b", 10), ("b", 9), ("a", 2), ("c", 0) })
        {
            var partition = new PartitionId(source, number);
            Block[] blocks = [Make.Block(1, LakeStream.Quarantine), Make.Block(2), Make.Block(3), Make.Block(4, LakeStream.Quarantine)];
            await CommitAsync(Make.Append(partition, blocks));
            foreach (var (block, sealedAt) in blocks.Zip([50, 50, 40, 60]))
            {
                var seal = Make.Seal(partition, [block], sealedAt);
                await CommitAsync(seal);
                expected.Add(seal.Batch);
            }
        }

        expected = [.. expected.OrderBy(b => b.SealedAt).ThenBy(b => b.Partition.Source, StringComparer.Ordinal)
            .ThenBy(b => b.Partition.Number).ThenBy(b => b.Stream).ThenBy(b => b.FromSeq)];
        Assert.Equal(expected, await Journal.ReadPendingAsync(Lane.All, 100, None, Cancellation));
        Assert.Equal(expected[..3], await Journal.ReadPendingAsync(Lane.All, 3, None, Cancellation));
        Assert.Empty(await Journal.ReadPendingAsync(Lane.All, 0, None, Cancellation));
        HashSet<BatchId> without = [expected[0].Id, expected[2].Id, expected[5].Id];
        Assert.Equal([expected[1], expected[3], expected[4], expected[6]], await Journal.ReadPendingAsync(Lane.All, 4, without, Cancellation));
        await ReopenAsync();
        Assert.Equal(expected, await Journal.ReadPendingAsync(Lane.All, 100, None, Cancellation));
    }
}
