using Ingest.Engine;

namespace Ingest.Storage.Tests;

public abstract partial class JournalConformance
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(1_000_000)]
    public async Task An_append_that_is_not_next_is_fenced(long firstSeq)
    {
        await AppendBlocksAsync(Make.Shop, 1, 3);
        await AssertFencedAsync(Journal.AppendAsync(Make.Append(Make.Shop, Make.Block(firstSeq, seed: 9)), Cancellation));
        await AssertFencedAsync(Journal.AppendAsync(new Append(Make.Shop, Make.PartitionCount, firstSeq, [], default, 0, default, []), Cancellation));
        await ReopenAsync();
        await AssertFencedAsync(Journal.AppendAsync(Make.Append(Make.Shop, Make.Block(firstSeq, seed: 9)), Cancellation));

        Assert.Equal(4, (await SnapshotAsync(Make.Shop)).NextSeq);
        Assert.Equal(6, (await Journal.ReadStatusAsync(Cancellation)).Unsealed);
        await AppendBlocksAsync(Make.Shop, 4, 4);
    }

    [Fact]
    public async Task A_first_append_begins_at_one() =>
        await AssertFencedAsync(Journal.AppendAsync(Make.Append(Make.Shop, Make.Block(2)), Cancellation));

    [Fact]
    public async Task The_fence_holds_after_everything_was_shipped()
    {
        var blocks = await AppendBlocksAsync(Make.Shop, 1, 3);
        var seal = Make.Seal(Make.Shop, blocks);
        await CommitAsync(seal);
        await ConfirmAsync(seal.Batch);
        await Journal.ForgetBeforeAsync(new LakeHour(Make.Hour.Number + 1), Cancellation);
        await ReopenAsync();

        await AssertFencedAsync(Journal.AppendAsync(Make.Append(Make.Shop, Make.Block(1)), Cancellation));
        await AssertFencedAsync(Journal.AppendAsync(Make.Append(Make.Shop, Make.Block(3)), Cancellation));
        Assert.Equal(4, (await SnapshotAsync(Make.Shop)).NextSeq);
        await CommitAsync(Make.Append(Make.Shop, Make.Block(4)));
    }

    [Fact]
    public async Task A_fenced_append_leaves_its_neighbours_alone()
    {
        await AppendBlocksAsync(Make.Shop, 1, 1);
        var writes = new List<Task<JournalResult>>();
        for (var i = 0; i < 60; i++)
        {
            var (partition, seq) = i % 3 == 0 ? (Make.Shop, 7) : (new PartitionId("near", i), 1);
            writes.Add(Journal.AppendAsync(Make.Append(partition, Make.Block(seq)), Cancellation).AsTask());
        }

        var results = await Task.WhenAll(writes);
        for (var i = 0; i < results.Length; i++)
            Assert.Equal(i % 3 == 0 ? JournalOutcome.Fenced : JournalOutcome.Committed, results[i].Outcome);
        Assert.Equal(2, (await SnapshotAsync(Make.Shop)).NextSeq);
        Assert.Equal(41, (await Journal.ReadUnsealedPartitionsAsync(Lane.All, Make.Ever, Cancellation)).Count);
    }

    [Fact]
    public async Task Of_two_activations_exactly_one_wins_each_seq()
    {
        await using var second = await OpenSecondAsync();
        const int Seqs = 150;
        var winners = new int[Seqs + 1];
        await Task.WhenAll(RaceAsync(Journal, seed: 1), RaceAsync(second, seed: 2));

        var snapshot = await SnapshotAsync(Make.Shop);
        Assert.Equal(Seqs + 1, snapshot.NextSeq);
        Assert.Equal(Seqs, snapshot.Unsealed.Count);
        for (var seq = 1; seq <= Seqs; seq++)
        {
            var stored = await CollectAsync(Journal.ReadBlocksAsync(Make.Shop, LakeStream.Good, seq, seq, Cancellation));
            Assert.Equal(Make.Body(seq, 100, winners[seq]), stored);
        }

        async Task RaceAsync(IJournal journal, int seed)
        {
            await Task.Yield();
            for (var seq = 1; seq <= Seqs;)
            {
                var result = await journal.AppendAsync(Make.Append(Make.Shop, Make.Block(seq, seed: seed)), Cancellation);
                if (result.Outcome == JournalOutcome.Committed)
                    Assert.Equal(0, Interlocked.Exchange(ref winners[seq], seed));
                else
                    Assert.Equal(JournalOutcome.Fenced, result.Outcome);
                seq = result.Outcome == JournalOutcome.Committed
                    ? seq + 1
                    : (int)(await journal.ReadPartitionAsync(Make.Shop, 0, default, Cancellation)).NextSeq;
            }
        }
    }
}
