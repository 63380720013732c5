namespace Ingest.Engine.Tests;

/// <summary>What lies in the journal as it came must not reach the lake so.</summary>
public sealed class OpenBatchesTests
{
    private static readonly PartitionId Web = new("web", 0);
    private static readonly Instant Start = ShipperScript.Start;

    /// <summary>Blocks of any sizes, in any order: what of them is neither compressed nor merged stays a small part of a batch.</summary>
    [Fact]
    public void A_batch_that_is_not_merged_holds_few_lines_that_are_not_compressed() =>
        Property.HoldsForHistories(count: 500, length: 300, choices =>
        {
            var limits = new Limits
            {
                SealBlocks = choices.Of([10, 20_000]),
                SealBytes = choices.Of([5_000, 64 << 20]),
                MergeLineBytesMax = choices.Of([1_000, 8_000]),
                StoreBelowLineBytes = 100,
                MergeBelowLineBytes = 1_600,
            };
            Assert.Empty(limits.Violations());
            var batches = new OpenBatches(Web, LakeStream.Good, limits);
            var blocks = new List<BlockInfo>();
            while (choices.More)
            {
                var lineBytes = 1 + choices.Next(choices.Of([99, 99, 2_000]));
                var bodyBytes = lineBytes < limits.StoreBelowLineBytes ? lineBytes + 23 : lineBytes / 4;
                blocks.Add(new BlockInfo(blocks.Count + 1, LakeStream.Good, Start.Hour, 1, lineBytes, bodyBytes, Start));
                batches.Add(blocks[^1], TimeSpan.Zero);
            }

            var next = 1L;
            while (batches.TakeDue(Start, TimeSpan.Zero, drain: true) is { } batch)
            {
                Assert.Equal(next, batch.FromSeq);
                next = batch.ToSeq + 1;
                var its = blocks[(int)(batch.FromSeq - 1)..(int)batch.ToSeq];
                Assert.Equal(its.Sum(block => (long)block.LineBytes), batch.LineBytes);
                if (batch.Blocks == 1 || batches.IsMerged(batch))
                    continue;
                var stored = its.Where(block => block.BodyBytes > block.LineBytes).Sum(block => (long)block.LineBytes);
                Assert.True(stored <= batch.LineBytes / 16, $"{stored} of {batch.LineBytes} bytes are not compressed");
            }

            Assert.Equal(blocks.Count + 1, next);
        });

    /// <summary>One event an append, as a trickle comes: its object against all of its lines, compressed at once.</summary>
    [Fact]
    public void The_object_of_a_trickle_is_as_small_as_if_its_lines_had_come_at_once()
    {
        var partition = new Partition(Web, 1, new Limits(), () => new TestEvent.Validator(), PartitionSnapshot.Empty, Start, [], seed: 1);
        var bodies = new List<ReadOnlyMemory<byte>>();
        // Of every seventh number an event is good.
        for (var number = 0; number < 7 * 200; number += 7)
        {
            var request = new Request.Sending(new Request([new TestEvent(number)], (_, _) => { }));
            using var batch = request.ToBatch();
            partition.Offer(batch, 1, Start, request);
            var append = partition.BeginAppend()!.Encode();
            partition.CompleteAppend(append, JournalResult.Committed);
            bodies.Add(Assert.Single(append.Blocks).Body);
        }

        var draft = partition.BeginSeal(Start, drain: true)!;
        Assert.True(draft.Merge);
        var merged = Sync.Result(GzipMember.MergeAsync(bodies.ToAsyncEnumerable(), draft.Batch.LineBytes));
        var lines = string.Concat(Gzip.Lines(merged).Select(line => line + "\n"));
        Assert.Equal(draft.Batch.LineBytes, System.Text.Encoding.UTF8.GetByteCount(lines));
        var atOnce = GzipMember.Compress(System.Text.Encoding.UTF8.GetBytes(lines));
        Assert.True(merged.Length <= 1.02 * atOnce.Length, $"{merged.Length} bytes instead of {atOnce.Length}");
        // They were not compressed before: it is the seal that did it.
        Assert.True(bodies.Sum(body => body.Length) > draft.Batch.LineBytes);
    }
}
