using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Storage;

namespace Ingest.Node.Tests;

/// <summary>The runtime keeps the engine's promises over a journal that misbehaves.</summary>
public sealed class NodeTests
{
    private static readonly HostingOptions Quick = new() { TickPeriod = TimeSpan.FromMilliseconds(10), CountsAge = TimeSpan.FromMilliseconds(50) };

    [Fact]
    public async Task The_answer_waits_for_the_commit_also_of_a_duplicate()
    {
        await using var node = await TestNode.StartAsync(options: Quick);
        var commit = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        node.Journal.Script.Enqueue(async (append, _) =>
        {
            reached.SetResult();
            await commit.Task;
            return await append();
        });

        var first = node.SendAsync("shop", "a");
        await reached.Task;
        var duplicate = node.SendAsync("shop", "a");
        var next = node.SendAsync("shop", "b");
        // Another partition goes through all the while; of this one nothing may be answered.
        await node.SendAsync("blog", "x");
        Assert.False(first.IsCompleted || duplicate.IsCompleted || next.IsCompleted);

        commit.SetResult();
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await first);
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Duplicates: 1), await duplicate);
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await next);
    }

    [Fact]
    public async Task A_refused_append_is_answered_so_and_can_be_sent_again()
    {
        await using var node = await TestNode.StartAsync(options: Quick);
        node.Journal.Script.Enqueue((_, _) => ValueTask.FromResult(new JournalResult(JournalOutcome.Refused, "disk full")));

        var refused = await node.SendAsync("shop", "a", "b");
        Assert.Equal((IntakeOutcome.Unavailable, "disk full"), (refused.Outcome, refused.Reason));
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 2), await node.SendAsync("shop", "a", "b"));

        await node.DrainAsync();
        Assert.Equal(["a", "b"], await node.ReadLakeAsync());
        var row = Assert.Single(await node.ReadLedgerAsync());
        Assert.Equal((4, 2, 2), (row.Counts.Received, row.Counts.Good, row.Counts.Refused));
        Assert.Empty(Conservation.Violations(row));
    }

    [Fact]
    public async Task An_append_that_committed_but_said_otherwise_is_found_by_the_retry()
    {
        await using var node = await TestNode.StartAsync(options: Quick);
        node.Journal.Script.Enqueue(async (append, _) =>
        {
            await append();
            return new JournalResult(JournalOutcome.Unknown, "the answer was lost");
        });

        Assert.Equal(IntakeOutcome.Unavailable, (await node.SendAsync("shop", "a")).Outcome);
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Duplicates: 1), await node.SendAsync("shop", "a"));
        await node.DrainAsync();
        Assert.Equal(["a"], await node.ReadLakeAsync());
    }

    [Fact]
    public async Task An_append_that_hangs_is_given_up_and_fenced_when_it_comes_back()
    {
        var limits = new Limits { JournalTimeout = TimeSpan.FromMilliseconds(200) };
        await using var node = await TestNode.StartAsync(limits: limits, options: Quick);
        var release = new TaskCompletionSource();
        var late = new TaskCompletionSource<JournalResult>();
        node.Journal.Script.Enqueue(async (append, cancellation) =>
        {
            _ = Task.Run(async () =>
            {
                await release.Task;
                late.SetResult(await append());
            }, CancellationToken.None);
            await Task.Delay(Timeout.Infinite, cancellation);
            throw new InvalidOperationException("not reached");
        });

        Assert.Equal(IntakeOutcome.Unavailable, (await node.SendAsync("shop", "a")).Outcome);
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await node.SendAsync("shop", "a"));
        release.SetResult();
        Assert.Equal(JournalOutcome.Fenced, (await late.Task).Outcome);
        await node.DrainAsync();
        Assert.Equal(["a"], await node.ReadLakeAsync());
    }

    [Fact]
    public async Task An_append_that_comes_through_after_it_was_given_up_ships_though_nobody_sends()
    {
        var limits = new Limits { JournalTimeout = TimeSpan.FromMilliseconds(100), SealAge = TimeSpan.FromMilliseconds(1) };
        await using var node = await TestNode.StartAsync(
            limits: limits, options: Quick with { UnsealedPeriod = TimeSpan.FromMilliseconds(50) });
        var release = new TaskCompletionSource();
        node.Journal.Script.Enqueue(async (append, cancellation) =>
        {
            _ = Task.Run(async () =>
            {
                await release.Task;
                await append();
            }, CancellationToken.None);
            await Task.Delay(Timeout.Infinite, cancellation);
            throw new InvalidOperationException("not reached");
        });

        Assert.Equal(IntakeOutcome.Unavailable, (await node.SendAsync("shop", "a")).Outcome);
        // Its partition is read anew, and knows of nothing.
        await TestNode.UntilAsync(() => Task.FromResult(node.Host.Partitions.LoadedCount == 1));
        release.SetResult();
        await TestNode.UntilAsync(async () => (await node.ReadLakeAsync()).Count > 0);
        Assert.Equal(["a"], await node.ReadLakeAsync());
    }

    [Fact]
    public async Task A_batch_whose_seal_was_stored_though_its_answer_was_lost_ships_though_nobody_sends()
    {
        var limits = new Limits { SealAge = TimeSpan.FromMilliseconds(1) };
        await using var node = await TestNode.StartAsync(
            limits: limits, options: Quick with { UnsealedPeriod = TimeSpan.FromMilliseconds(50) });
        node.Journal.LosesSealAnswers = true;
        await node.SendAsync("shop", "a");
        await TestNode.UntilAsync(async () => (await node.ReadLakeAsync()).Count > 0);
        Assert.Equal(["a"], await node.ReadLakeAsync());
    }

    [Fact]
    public async Task Refusals_of_a_journal_that_cannot_be_read_are_in_the_ledger_later()
    {
        var limits = new Limits { RetryPauseMin = TimeSpan.FromMilliseconds(10), RetryPauseMax = TimeSpan.FromMilliseconds(50) };
        await using var node = await TestNode.StartAsync(limits: limits, options: Quick);
        node.Journal.IsReadable = false;
        Assert.Equal(IntakeOutcome.Unavailable, (await node.SendAsync("shop", "a", "b")).Outcome);
        node.Journal.IsReadable = true;
        await TestNode.UntilAsync(async () => (await node.ReadLedgerAsync()).Sum(row => row.Counts.Refused) == 2);
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_refuses_and_recovers()
    {
        await using var node = await TestNode.StartAsync(
            limits: new Limits { RetryPauseMin = TimeSpan.FromMilliseconds(10), RetryPauseMax = TimeSpan.FromMilliseconds(50) }, options: Quick);
        node.Journal.IsReadable = false;
        Assert.Equal(IntakeOutcome.Unavailable, (await node.SendAsync("shop", "a")).Outcome);
        node.Journal.IsReadable = true;
        await TestNode.UntilAsync(async () => (await node.SendAsync("shop", "a")).Outcome == IntakeOutcome.Stored);
    }

    [Fact]
    public async Task What_an_earlier_run_left_open_is_sealed_and_shipped_though_nobody_sends()
    {
        var store = new MemoryJournalStore();
        var lake = new MemoryLake();
        await using (var first = await TestNode.StartAsync(store, lake, options: Quick))
            await first.SendAsync("shop", "a");
        Assert.Equal([], await ReadAsync(lake));

        var limits = new Limits { SealAge = TimeSpan.FromMilliseconds(1) };
        await using var second = await TestNode.StartAsync(store, lake, limits, Quick);
        await TestNode.UntilAsync(async () => (await second.ReadLakeAsync()).Count > 0);
        Assert.Equal(["a"], await second.ReadLakeAsync());

        static async Task<List<LakeEntry>> ReadAsync(MemoryLake lake)
        {
            var entries = new List<LakeEntry>();
            await foreach (var entry in lake.ListAsync("", default))
                entries.Add(entry);
            return entries;
        }
    }

    [Fact]
    public async Task A_quiet_partition_leaves_memory_and_still_knows_its_events()
    {
        var limits = new Limits { SealAge = TimeSpan.FromMilliseconds(1) };
        await using var node = await TestNode.StartAsync(limits: limits, options: Quick with { IdleAge = TimeSpan.FromMilliseconds(50) });
        await node.SendAsync("shop", "a");
        await TestNode.UntilAsync(() => Task.FromResult(node.Host.Partitions.Count == 0));
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Duplicates: 1), await node.SendAsync("shop", "a"));
    }

    [Fact]
    public async Task Blocks_that_cannot_be_merged_are_sealed_as_they_are_and_stop_no_events()
    {
        await using var node = await TestNode.StartAsync(options: Quick);
        await node.SendAsync("shop", "a");
        await node.SendAsync("shop", "b");
        node.Journal.IsDamaged = true;
        await node.DrainAsync();
        // The double's own bodies are whole, so what was sealed unmerged ships; in truth the shipper sets it aside.
        Assert.Equal(["a", "b"], await node.ReadLakeAsync());
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await node.SendAsync("shop", "c"));
    }

    [Fact]
    public async Task Counts_of_pure_duplicates_are_written_without_events()
    {
        await using var node = await TestNode.StartAsync(options: Quick);
        await node.SendAsync("shop", "a");
        await node.SendAsync("shop", "a");
        await TestNode.UntilAsync(async () => (await node.ReadLedgerAsync()).Sum(row => row.Counts.Duplicates) == 1);
    }

    [Fact]
    public async Task A_source_with_several_partitions_keeps_each_event_in_one()
    {
        await using var node = await TestNode.StartAsync(partitions: 4, options: Quick);
        var ids = Enumerable.Range(0, 200).Select(i => $"event-{i}").ToArray();
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 200), await node.SendAsync("shop", ids));
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Duplicates: 200), await node.SendAsync("shop", ids));
        await node.DrainAsync();
        Assert.Equal(4, (await node.ReadLedgerAsync()).Select(row => row.Partition).Distinct().Count());
        Assert.Equal(ids.Order(StringComparer.Ordinal), (await node.ReadLakeAsync()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Thousands_of_partitions_at_once_store_and_ship_everything()
    {
        await using var node = await TestNode.StartAsync(options: Quick);
        var sends = Enumerable.Range(0, 3000).Select(i => node.SendAsync($"source-{i}", $"a-{i}", $"b-{i}"));
        var results = await Task.WhenAll(sends);
        Assert.All(results, result => Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 2), result));
        await node.DrainAsync();
        var lake = await node.ReadLakeAsync();
        Assert.Equal((6000, 6000), (lake.Count, lake.Distinct(StringComparer.Ordinal).Count()));
        Assert.All(await node.ReadLedgerAsync(), row => Assert.Empty(Conservation.Violations(row)));
    }
}
