using Ingest.Hosting;

namespace Ingest.Node.Tests;

public sealed class DedupeBudgetTests
{
    [Fact]
    public void While_there_is_room_a_partition_may_have_all_that_its_own_limit_allows()
    {
        var budget = new DedupeBudget(totalMax: 100, partitionMax: 60);
        budget.Observe([60, 40]);
        Assert.Equal(60, budget.Share);
    }

    [Fact]
    public void The_longest_windows_shrink_to_one_length_and_short_ones_keep_theirs()
    {
        var budget = new DedupeBudget(totalMax: 100, partitionMax: 1000);
        budget.Observe([500, 10, 90]);
        Assert.Equal(45, budget.Share);
    }

    [Fact]
    public void Cut_to_the_share_all_windows_fit_and_one_id_more_would_not()
    {
        var random = new Random(1);
        for (var round = 0; round < 1000; round++)
        {
            var total = random.Next(1, 2000);
            var counts = Enumerable.Range(0, random.Next(1, 30)).Select(_ => random.Next(0, 300)).ToArray();
            if (counts.Length > total)
                continue;
            var budget = new DedupeBudget(total, partitionMax: 300);
            budget.Observe([.. counts]);
            var share = budget.Share;
            Assert.True(Sum(share) <= total, $"{string.Join(' ', counts)} cut to {share} are more than {total}");
            Assert.True(share == 300 || Sum(share + 1) > total, $"{string.Join(' ', counts)} are cut to {share}, though {total} leave room for more");

            long Sum(int cut) => counts.Sum(count => (long)Math.Min(count, cut));
        }
    }

    [Fact]
    public void A_partition_that_comes_into_memory_gets_the_room_that_is_left_but_at_least_a_fair_part()
    {
        var budget = new DedupeBudget(totalMax: 100, partitionMax: 80);
        Assert.Equal(80, budget.LoadShare);
        budget.Observe([60]);
        Assert.Equal(50, budget.LoadShare);
        budget.Observe([30]);
        Assert.Equal(70, budget.LoadShare);
        budget.Observe([60, 60, 60]);
        Assert.Equal(25, budget.LoadShare);
    }

    [Fact]
    public async Task Partitions_in_memory_forget_their_oldest_ids_where_the_process_has_no_room_for_all()
    {
        await using var node = await TestNode.StartAsync(options: new HostingOptions { DedupeIdsTotalMax = 10, TickPeriod = TimeSpan.FromMilliseconds(5) });
        for (var i = 0; i < 20; i++)
            await node.SendAsync("shop", $"id-{i}");
        var more = 0;
        await TestNode.UntilAsync(async () =>
        {
            await node.SendAsync("shop", $"more-{++more}");
            return node.Host.Partitions.IdCount <= 10;
        });
        Assert.Equal(1, (await node.SendAsync("shop", "id-0")).Accepted);
        Assert.Equal(1, (await node.SendAsync("shop", $"more-{more}")).Duplicates);
    }
}
