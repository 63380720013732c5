using System.Collections.Concurrent;
using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Storage;
using Microsoft.Extensions.Logging;
using EventId = Microsoft.Extensions.Logging.EventId;

namespace Ingest.Node.Tests;

/// <summary>The configuration's number of partitions changes, and every event is stored once all the same.</summary>
public sealed class PartitionCountsTests
{
    private static readonly HostingOptions Quick = new()
    {
        TickPeriod = TimeSpan.FromMilliseconds(10),
        CountsAge = TimeSpan.FromMilliseconds(50),
        SplitPeriod = TimeSpan.FromMilliseconds(20),
    };

    [Fact]
    public async Task A_number_is_raised_while_events_are_sent_and_sent_again()
    {
        const int Clients = 8;
        const int Requests = 60;
        await using var node = await TestNode.StartAsync(options: Quick);
        var half = new TaskCompletionSource();
        var isSplit = new TaskCompletionSource();
        var sending = Enumerable.Range(0, Clients).Select(client => Task.Run(() => SendAllAsync(client))).ToArray();

        await half.Task;
        node.Reconfigure(partitions: 4);
        await TestNode.UntilAsync(async () => await node.CountAsync() == 4);
        isSplit.SetResult();
        await Task.WhenAll(sending);

        // Who heard no answer sends once more: all of it is known, wherever it was stored.
        string[] all = [.. from client in Enumerable.Range(0, Clients) from request in Enumerable.Range(0, Requests) from id in IdsOf(client, request) select id];
        var again = await node.SendAsync("shop", all);
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Duplicates: all.Length), again);
        await node.DrainAsync();
        Assert.Equal(all.Order(StringComparer.Ordinal), (await node.ReadLakeAsync()).Order(StringComparer.Ordinal));
        var ledger = await node.ReadLedgerAsync();
        Assert.Equal(4, ledger.Select(row => row.Partition).Distinct().Count());
        Assert.All(ledger, row => Assert.Empty(Conservation.Violations(row)));

        async Task SendAllAsync(int client)
        {
            for (var request = 0; request < Requests; request++)
            {
                if (request == Requests / 2)
                    half.TrySetResult();
                // Some requests are under way while the source is split, some come after it.
                if (request == Requests * 3 / 4)
                    await isSplit.Task;
                // Every third request brings the one before it again.
                string[] ids = request % 3 == 2 ? [.. IdsOf(client, request), .. IdsOf(client, request - 1)] : IdsOf(client, request);
                while ((await node.SendAsync("shop", ids)).Outcome != IntakeOutcome.Stored)
                {
                    // As a client does.
                }
            }
        }

        static string[] IdsOf(int client, int request) => [.. Enumerable.Range(0, 5).Select(i => $"{client}-{request}-{i}")];
    }

    [Theory]
    [InlineData(1, 4, 4)]
    [InlineData(3, 4, 6)]
    [InlineData(2, 2, 2)]
    [InlineData(4, 1, 4)]
    public async Task At_the_start_a_number_becomes_a_multiple_of_the_journals(int before, int wanted, int after)
    {
        var (store, lake) = (new MemoryJournalStore(), new MemoryLake());
        string[] ids = [.. Enumerable.Range(0, 100).Select(i => $"event-{i}")];
        await using (var first = await TestNode.StartAsync(store, lake, options: Quick, partitions: before))
            await first.SendAsync("shop", ids);

        await using var second = await TestNode.StartAsync(store, lake, options: Quick, partitions: wanted);
        Assert.Equal(after, await second.CountAsync());
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Duplicates: 100), await second.SendAsync("shop", ids));
        await second.DrainAsync();
        Assert.Equal(ids.Order(StringComparer.Ordinal), (await second.ReadLakeAsync()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_source_never_written_takes_the_number_of_the_configuration_until_it_is_used()
    {
        await using var node = await TestNode.StartAsync(options: Quick, partitions: 3);
        Assert.Equal(0, await node.CountAsync());
        await node.SendAsync("shop", "a");
        Assert.Equal(3, await node.CountAsync());
    }

    [Fact]
    public async Task A_number_is_never_lowered_and_the_log_says_so_once()
    {
        var log = new Messages();
        await using var node = await TestNode.StartAsync(options: Quick, partitions: 4, logger: log);
        await node.SendAsync("shop", "a", "b", "c", "d", "e");
        node.Reconfigure(partitions: 2);
        await TestNode.UntilAsync(() => Task.FromResult(log.Count("a number is never lowered") > 0));
        // A raise of another look, and with it at least one more look at the lower number.
        node.Reconfigure(partitions: 8);
        await TestNode.UntilAsync(async () => await node.CountAsync() == 8);
        Assert.Equal(1, log.Count("a number is never lowered"));
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Duplicates: 5), await node.SendAsync("shop", "a", "b", "c", "d", "e"));
    }

    [Fact]
    public async Task A_split_that_is_refused_is_tried_again_and_stops_no_events()
    {
        var log = new Messages();
        await using var node = await TestNode.StartAsync(options: Quick, logger: log);
        await node.SendAsync("shop", "a", "b");
        var refusals = 0;
        for (var i = 0; i < 3; i++)
        {
            node.Journal.Splits.Enqueue(_ =>
            {
                refusals++;
                return ValueTask.FromResult(new JournalResult(JournalOutcome.Refused, "disk full"));
            });
        }

        node.Reconfigure(partitions: 2);
        await TestNode.UntilAsync(() => Task.FromResult(log.Count("disk full") > 0));
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1, Duplicates: 1), await node.SendAsync("shop", "b", "c"));
        await TestNode.UntilAsync(async () => await node.CountAsync() == 2);
        Assert.Equal((3, 1), (refusals, log.Count("disk full")));
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Duplicates: 3), await node.SendAsync("shop", "a", "b", "c"));
    }

    [Fact]
    public async Task A_split_whose_answer_was_lost_is_learned_of_from_the_partitions()
    {
        await using var node = await TestNode.StartAsync(options: Quick);
        string[] ids = [.. Enumerable.Range(0, 50).Select(i => $"event-{i}")];
        await node.SendAsync("shop", ids);
        var next = new TaskCompletionSource();
        node.Journal.Splits.Enqueue(async split =>
        {
            await split();
            return new JournalResult(JournalOutcome.Unknown, "the answer was lost");
        });
        node.Journal.Splits.Enqueue(async split =>
        {
            await next.Task;
            return await split();
        });

        node.Reconfigure(partitions: 4);
        await TestNode.UntilAsync(async () => await node.CountAsync() == 4);
        string[] more = [.. Enumerable.Range(50, 50).Select(i => $"event-{i}")];
        IntakeResult result;
        do
            result = await node.SendAsync("shop", [.. ids, .. more]);
        while (result.Outcome != IntakeOutcome.Stored);

        next.SetResult();
        await node.DrainAsync();
        Assert.Equal(
            ids.Concat(more).Order(StringComparer.Ordinal), (await node.ReadLakeAsync()).Order(StringComparer.Ordinal));
        Assert.Equal(4, (await node.ReadLedgerAsync()).Select(row => row.Partition).Distinct().Count());
    }

    [Fact]
    public async Task Requests_that_wait_for_a_partition_that_was_split_meanwhile_are_all_stored_once()
    {
        var log = new Messages();
        await using var node = await TestNode.StartAsync(options: Quick, logger: log);
        var (reached, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        // The read sees the source as it was before the split.
        node.Journal.OnPartitionRead = async () =>
        {
            reached.SetResult();
            await release.Task;
        };
        var early = Enumerable.Range(0, 20).Select(i => node.SendAsync("shop", $"early-{i}")).ToArray();
        await reached.Task;
        node.Reconfigure(partitions: 2);
        await TestNode.UntilAsync(() => Task.FromResult(log.Count("has 2 partitions now") > 0));
        var late = Enumerable.Range(0, 40).Select(i => node.SendAsync("shop", $"late-{i}")).ToArray();
        release.SetResult();

        foreach (var result in await Task.WhenAll(late))
            Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), result);
        await Task.WhenAll(early);
        for (var i = 0; i < early.Length; i++)
            Assert.Equal(IntakeOutcome.Stored, (await node.SendAsync("shop", $"early-{i}")).Outcome);
        await node.DrainAsync();
        var lake = await node.ReadLakeAsync();
        Assert.Equal((60, 60), (lake.Count, lake.Distinct(StringComparer.Ordinal).Count()));
    }

    /// <summary>What was logged.</summary>
    private sealed class Messages : ILogger
    {
        private readonly ConcurrentQueue<string> _messages = new();

        public int Count(string part) => _messages.Count(message => message.Contains(part, StringComparison.Ordinal));

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _messages.Enqueue(formatter(state, exception));
    }
}
