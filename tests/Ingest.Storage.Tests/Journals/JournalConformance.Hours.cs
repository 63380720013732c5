using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

public abstract partial class JournalConformance
{
    [Fact]
    public async Task No_hour_is_closed_at_first()
    {
        Assert.Null(await Journal.ReadClosedHourAsync(Cancellation));
        Assert.Equal(default, (await SnapshotAsync(Make.Shop)).Clock);
    }

    [Fact]
    public async Task A_closed_hour_stays_closed_with_all_hours_before_it()
    {
        await CloseAsync(Make.Hour);
        await CloseAsync(new LakeHour(Make.Hour.Number - 2));
        await ReopenAsync();

        Assert.Equal(Make.Hour, await Journal.ReadClosedHourAsync(Cancellation));
        foreach (var hour in new[] { Make.Hour, new LakeHour(Make.Hour.Number - 1), new LakeHour(0) })
            await AssertFencedAsync(Journal.AppendAsync(Make.Append(Make.Shop, Make.Block(1, hour: hour)), Cancellation));
        Assert.Equal(0, (await Journal.ReadStatusAsync(Cancellation)).Unsealed);
        await CommitAsync(Make.Append(Make.Shop, Make.Block(1, hour: Make.Hour.Next)));
    }

    [Fact]
    public async Task One_block_of_a_closed_hour_fences_the_whole_append()
    {
        await AppendBlocksAsync(Make.Shop, 1, 2);
        await CloseAsync(Make.Hour);
        var append = Make.Append(Make.Shop, Make.Block(3), Make.Block(4, LakeStream.Quarantine, Make.Hour.Next));
        await AssertFencedAsync(Journal.AppendAsync(append, Cancellation));

        var snapshot = await SnapshotAsync(Make.Shop);
        Assert.Equal((3, 2), (snapshot.NextSeq, snapshot.Unsealed.Count));
        Assert.Equal([Make.Hour], (await LedgerAsync()).Select(row => row.Counts.Hour));
        await AssertConservedAsync();
    }

    [Fact]
    public async Task After_closing_every_partition_goes_on_behind_the_hour()
    {
        await AppendBlocksAsync(Make.Shop, 1, 1);
        await CloseAsync(Make.Hour);
        Assert.Equal(Make.Hour.End, (await SnapshotAsync(Make.Shop)).Clock);
        Assert.Equal(Make.Hour.End, (await SnapshotAsync(new PartitionId("never-written", 0))).Clock);

        var later = Make.Hour.End + TimeSpan.FromMinutes(5);
        await CommitAsync(Make.Append(Make.Shop, 2, [], later));
        Assert.Equal(later, (await SnapshotAsync(Make.Shop)).Clock);
    }

    [Fact]
    public async Task Closed_hours_age_no_ids()
    {
        var written = Make.Append(Make.Shop, Make.Block(1));
        await CommitAsync(written);
        Assert.Equal(written.Clock, (await SnapshotAsync(Make.Shop)).IdsClock);
        // Twice as far as ids are remembered.
        var ahead = new LakeHour(Make.Hour.Number + 48);
        await CloseAsync(ahead);
        await ReopenAsync();

        var snapshot = await SnapshotAsync(Make.Shop);
        Assert.Equal((ahead.End, written.Clock), (snapshot.Clock, snapshot.IdsClock));
        Assert.Equal(default, (await SnapshotAsync(new PartitionId("never-written", 0))).IdsClock);
        var refused = new LedgerCounts(ahead.Next, 1, 0, 0, 0, 1);
        var partition = new Partition(
            Make.Shop, Make.PartitionCount, new Limits(), () => new AcceptAll(), snapshot, ahead.End, [refused], seed: 1);
        Assert.Equal(1, partition.BeginAppend(countsToo: true)!.Encode().ForgetIdsBelow);
    }

    [Fact]
    public async Task Late_counts_without_events_go_to_the_hour_after()
    {
        await AppendBlocksAsync(Make.Shop, 1, 1);
        var before = await LedgerAsync();
        await CloseAsync(Make.Hour);
        var late = new LedgerCounts(Make.Hour, 7, 0, 0, 4, 3);
        await CommitAsync(new Append(Make.Shop, Make.PartitionCount, 2, [], default, 0, Make.Hour.End, [late, late with { Hour = Make.Hour.Next }]));

        var rows = await LedgerAsync();
        Assert.Equal(before[0], rows[0]);
        Assert.Equal(new LedgerCounts(Make.Hour.Next, 14, 0, 0, 8, 6), rows[1].Counts);
        Assert.Equal(2, rows.Count);
        await AssertConservedAsync();
    }

    [Fact]
    public async Task What_a_closed_hour_holds_is_still_sealed_and_confirmed()
    {
        var blocks = await AppendBlocksAsync(Make.Shop, 1, 2);
        await CloseAsync(Make.Hour);
        var seal = Make.Seal(Make.Shop, blocks);
        await CommitAsync(seal);
        await ConfirmAsync(seal.Batch);

        var row = Assert.Single(await LedgerAsync());
        Assert.Equal((4, 0), (row.ShippedGood, row.PendingGood));
        await AssertConservedAsync();
    }

    [Fact]
    public async Task Appends_that_race_with_closing_are_in_the_ledger_read_after_it_or_fenced()
    {
        await using var second = await OpenSecondAsync();
        const int Partitions = 8;
        var appended = new long[Partitions];
        var closing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writers = Enumerable.Range(0, Partitions).Select(number => WriteAsync(number % 2 == 0 ? Journal : second, number)).ToArray();
        await closing.Task.WaitAsync(Deadline.Delivery, Cancellation);
        await CloseAsync(Make.Hour);
        var rows = await LedgerAsync();
        await Task.WhenAll(writers).WaitAsync(Deadline.Delivery, Cancellation);

        // Nothing came in after the reading, and the reading saw all that came in.
        Assert.Equal(appended.Sum(), rows.Sum(row => row.PendingGood));
        Assert.Equal(rows, await LedgerAsync());

        async Task WriteAsync(IJournal journal, int number)
        {
            await Task.Yield();
            for (var seq = 1; ; seq++)
            {
                var result = await journal.AppendAsync(Make.Append(new PartitionId("race", number), Make.Block(seq)), Cancellation);
                if (result.Outcome == JournalOutcome.Fenced)
                    return;
                Assert.Equal(JournalResult.Committed, result);
                appended[number] += 2;
                if (seq == 20)
                    closing.TrySetResult();
            }
        }
    }

    private async Task CloseAsync(LakeHour hour) =>
        Assert.Equal(JournalResult.Committed, await Journal.CloseHourAsync(hour, Cancellation));

    private async Task<List<LedgerRow>> LedgerAsync() =>
        await Journal.ReadLedgerAsync(default, Cancellation).ToListAsync(Cancellation);
}
