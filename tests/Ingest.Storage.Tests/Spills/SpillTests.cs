using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>What goes into a spill comes out again, once, in order, whatever happened to the process in between.</summary>
public sealed class SpillTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Requests_come_out_in_the_order_in_which_they_came()
    {
        await using var spill = await SpillFixture.OpenAsync(_folder);
        await SpillFixture.StoreAsync(spill, "shop", "a", "b");
        await SpillFixture.StoreAsync(spill, "blog", "x");
        await SpillFixture.StoreAsync(spill, "shop", "c");

        // The source with the oldest request first, then the other one.
        Assert.Equal(["shop a", "shop b", "shop c", "blog x"], await SpillFixture.DrainAsync(spill));
        Assert.Equal(SpillStatus.Empty, spill.Status);
    }

    [Fact]
    public async Task What_was_answered_is_there_after_opening_again()
    {
        SpillStatus before;
        await using (var spill = await SpillFixture.OpenAsync(_folder))
        {
            await SpillFixture.StoreAsync(spill, "shop", "a");
            await SpillFixture.StoreAsync(spill, "blog", "x", "y");
            before = spill.Status;
        }

        await using var again = await SpillFixture.OpenAsync(_folder);
        Assert.Equal((2L, 3L, SpillFixture.Start), (before.Batches, before.Events, before.Oldest));
        Assert.Equal(before, again.Status);
        await SpillFixture.StoreAsync(again, "shop", "b");
        Assert.Equal(["shop a", "shop b", "blog x", "blog y"], await SpillFixture.DrainAsync(again));
    }

    [Fact]
    public async Task What_was_removed_is_gone_after_opening_again()
    {
        await using (var spill = await SpillFixture.OpenAsync(_folder))
        {
            await SpillFixture.StoreAsync(spill, "shop", "a");
            await SpillFixture.StoreAsync(spill, "shop", "b");
            var first = await SpillFixture.ReadAsync(spill, countMax: 1);
            Assert.Equal(JournalResult.Committed, await spill.RemoveAsync(first));
        }

        await using var again = await SpillFixture.OpenAsync(_folder);
        Assert.Equal(1, again.Status.Events);
        Assert.Equal(["shop b"], await SpillFixture.DrainAsync(again));
    }

    [Fact]
    public async Task Events_carry_the_time_of_their_first_receipt()
    {
        await using var spill = await SpillFixture.OpenAsync(_folder);
        using var batch = TestEvents.Batch("a");
        await spill.AppendAsync("shop", batch, SpillFixture.Start);
        Assert.Equal(EventEntry.NoTime, batch.Events[0].ReceivedAt);
        // A second spill of what was read back, as after a drain that failed, keeps the first time.
        await spill.AppendAsync("shop", Assert.Single(await SpillFixture.ReadAsync(spill)).Batch, SpillFixture.Start + TimeSpan.FromHours(1));

        var read = await SpillFixture.ReadAsync(spill);
        Assert.Equal(2, read.Count);
        Assert.All(read, spilled => Assert.Equal(SpillFixture.Start.UnixMilliseconds, spilled.Batch.Events[0].ReceivedAt));
    }

    [Fact]
    public async Task A_read_is_bounded_in_number_and_bytes_and_gives_one_at_least()
    {
        await using var spill = await SpillFixture.OpenAsync(_folder);
        foreach (var id in new[] { "a", "b", "c" })
            await SpillFixture.StoreAsync(spill, "shop", id);

        Assert.Equal(2, (await SpillFixture.ReadAsync(spill, countMax: 2)).Count);
        Assert.Single(await SpillFixture.ReadAsync(spill, bytesMax: 1));
        Assert.Empty(await SpillFixture.ReadAsync(spill, without: "shop"));
    }

    [Fact]
    public async Task A_source_that_is_left_out_holds_up_no_other()
    {
        await using var spill = await SpillFixture.OpenAsync(_folder);
        await SpillFixture.StoreAsync(spill, "shop", "a");
        await SpillFixture.StoreAsync(spill, "blog", "x");

        var read = await SpillFixture.ReadAsync(spill, without: "shop");
        Assert.Equal(["x"], SpillFixture.IdsOf(Assert.Single(read)));
    }

    [Fact]
    public async Task Many_writers_at_once_lose_nothing_and_keep_their_own_order()
    {
        const int Writers = 16, Each = 40;
        await using (var spill = await SpillFixture.OpenAsync(_folder))
        {
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
            {
                await Task.Yield();
                for (var i = 0; i < Each; i++)
                    await SpillFixture.StoreAsync(spill, $"source-{writer % 3}", $"{writer}:{i:000}");
            }));
        }

        await using var again = await SpillFixture.OpenAsync(_folder);
        var drained = (await SpillFixture.DrainAsync(again, countMax: 7)).ConvertAll(line => line.Split(' ')[1]);
        Assert.Equal(Writers * Each, drained.Count);
        foreach (var own in drained.GroupBy(id => id.Split(':')[0]))
            Assert.Equal(own.Order(StringComparer.Ordinal), own);
    }

    [Fact]
    public async Task A_second_process_is_refused()
    {
        await using var spill = await SpillFixture.OpenAsync(_folder);
        var fault = await Assert.ThrowsAsync<JournalUnavailableException>(() => SpillFixture.OpenAsync(_folder));
        Assert.Contains(_folder.Path, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_spill_takes_nothing()
    {
        var spill = await SpillFixture.OpenAsync(_folder);
        await spill.DisposeAsync();
        Assert.Equal(JournalOutcome.Refused, (await SpillFixture.AppendAsync(spill, "shop", "a")).Outcome);
    }
}
