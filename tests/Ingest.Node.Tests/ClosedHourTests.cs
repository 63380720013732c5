using System.Collections.Concurrent;
using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Storage;

namespace Ingest.Node.Tests;

/// <summary>
/// A journal closes hours while partitions whose clocks lag still write them: no client sees it, nothing is lost or counted
/// twice, and the hour is complete in the end.
/// </summary>
public sealed class ClosedHourTests
{
    private static readonly HostingOptions Quick = new()
    {
        TickPeriod = TimeSpan.FromMilliseconds(10),
        CountsAge = TimeSpan.FromMilliseconds(50),
        ManifestPeriod = TimeSpan.FromMilliseconds(10),
        ManifestPauseMax = TimeSpan.FromMilliseconds(100),
    };

    [Fact]
    public async Task A_partition_whose_clock_lags_goes_on_behind_the_closed_hour()
    {
        await using var node = await TestNode.StartAsync(options: Quick);
        var stored = new IntakeResult(IntakeOutcome.Stored, Accepted: 1);
        Assert.Equal(stored, await node.SendAsync("shop", "a"));
        var hour = await CloseAsync(node);

        Assert.Equal(stored, await node.SendAsync("shop", "b"));
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Duplicates: 2), await node.SendAsync("shop", "a", "b"));
        Assert.Equal(stored, await node.SendAsync("blog", "first of its partition"));

        await node.DrainAsync();
        Assert.Equal(["a", "b"], (await node.ReadLakeAsync()).Where(id => id.Length == 1).Order(StringComparer.Ordinal));
        var rows = await node.ReadLedgerAsync();
        Assert.All(rows, row => Assert.Empty(Conservation.Violations(row)));
        var shop = rows.Where(row => row.Partition.Source == "shop").Select(row => row.Counts).ToList();
        Assert.Equal([new(hour, 1, 1, 0, 0, 0), new(hour.Next, 3, 1, 0, 2, 0)], shop);
        Assert.Equal(hour.Next, Assert.Single(rows, row => row.Partition.Source == "blog").Counts.Hour);
    }

    [Fact]
    public async Task Duplicates_that_are_counted_after_their_hour_was_closed_count_in_the_next_one()
    {
        await using var node = await TestNode.StartAsync(options: Quick with { CountsAge = TimeSpan.FromHours(1) });
        await node.SendAsync("shop", "a");
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Duplicates: 1), await node.SendAsync("shop", "a"));
        var hour = await CloseAsync(node);
        await node.DrainAsync();

        var rows = await node.ReadLedgerAsync();
        Assert.Equal([new(hour, 1, 1, 0, 0, 0), new(hour.Next, 1, 0, 0, 1, 0)], rows.Select(row => row.Counts));
    }

    [Fact]
    public async Task Requests_on_their_way_while_hours_are_closed_are_all_answered_with_success()
    {
        const int Senders = 8;
        const int Requests = 40;
        // A busy machine must not look like a journal that does not answer.
        var limits = new Limits { JournalTimeout = TimeSpan.FromMinutes(1) };
        await using var node = await TestNode.StartAsync(limits: limits, options: Quick with { RouteTimeout = TimeSpan.FromMinutes(1) }, partitions: 3);
        using var closing = new CancellationTokenSource();
        var closed = new ConcurrentDictionary<LakeHour, bool>();
        var closer = CloseUntilAsync(node, closed, closing.Token);
        var sent = 0;
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(async sender =>
        {
            // However fast the machine is, requests are on their way while at least two hours are closed.
            for (var request = 0; request < Requests || (closed.Count < 2 && !closer.IsCompleted); request++)
            {
                Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await node.SendAsync("shop", $"{sender}-{request}"));
                Interlocked.Increment(ref sent);
            }
        }));
        await closing.CancelAsync();
        await closer;

        await node.DrainAsync();
        var ids = await node.ReadLakeAsync();
        Assert.Equal((sent, sent), (ids.Count, ids.Distinct(StringComparer.Ordinal).Count()));
        var rows = await node.ReadLedgerAsync();
        Assert.All(rows, row => Assert.Empty(Conservation.Violations(row)));
        Assert.Equal(0, rows.Sum(row => row.Counts.Refused));
    }

    [Fact]
    public async Task Events_that_nobody_sealed_are_sealed_once_their_hour_is_closed()
    {
        var store = new MemoryJournalStore();
        var lake = new MemoryLake();
        // Sealed by age only after an hour: it is the journal's clock that makes them due.
        var limits = new Limits { SealAge = TimeSpan.FromHours(1) };
        LakeHour hour;
        await using (var first = await TestNode.StartAsync(store, lake, limits, Quick))
        {
            await first.SendAsync("shop", "a");
            hour = await CloseAsync(first);
        }

        await using var second = await TestNode.StartAsync(store, lake, limits, Quick);
        var writer = new ManifestWriter(second.Journal, lake, limits, new ShiftedTime { Shift = TimeSpan.FromMinutes(70) });
        await TestNode.UntilAsync(async () =>
        {
            await writer.TurnAsync(TestContext.Current.CancellationToken);
            return writer.Finished >= hour;
        });
        Assert.Equal(["a"], await second.ReadLakeAsync());
    }

    [Fact]
    public async Task The_process_closes_hours_that_are_over_and_writes_their_manifests()
    {
        var time = new ShiftedTime();
        await using var node = await TestNode.StartAsync(
            limits: new Limits { SealAge = TimeSpan.FromMilliseconds(50) }, options: Quick, time: time);
        await node.SendAsync("shop", "a");
        var hour = Assert.Single(await node.ReadLedgerAsync()).Counts.Hour;
        time.Shift = TimeSpan.FromMinutes(66);
        await TestNode.UntilAsync(() => Task.FromResult(string.CompareOrdinal(node.Host.Manifests.LastHour, hour.ToString()) >= 0));
        Assert.Null(node.Host.Manifests.Failure);
        Assert.NotNull(await node.Lake.FindAsync(LakeLayout.IndexKey(hour, node.Journal.Id), TestContext.Current.CancellationToken));
        Assert.NotNull(await node.Lake.FindAsync(LakeLayout.ManifestKey(hour, node.Journal.Id, "shop"), TestContext.Current.CancellationToken));
    }

    /// <summary>Closes the hour of what was stored, as somebody does whose clock is ahead of the node's.</summary>
    private static async Task<LakeHour> CloseAsync(TestNode node)
    {
        var hour = Assert.Single(await node.ReadLedgerAsync()).Counts.Hour;
        Assert.Equal(JournalResult.Committed, await node.Journal.CloseHourAsync(hour, TestContext.Current.CancellationToken));
        return hour;
    }

    /// <summary>Closes the newest hour that anything is in, again and again.</summary>
    /// <returns>How many hours were closed.</returns>
    private static async Task CloseUntilAsync(TestNode node, ConcurrentDictionary<LakeHour, bool> closed, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (var row in await node.ReadLedgerAsync())
            {
                await node.Journal.CloseHourAsync(row.Counts.Hour, CancellationToken.None);
                closed.TryAdd(row.Counts.Hour, true);
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>The system's clock, some time ahead.</summary>
    private sealed class ShiftedTime : TimeProvider
    {
        private long _shift;

        public TimeSpan Shift
        {
            get => new(Volatile.Read(ref _shift));
            set => Volatile.Write(ref _shift, value.Ticks);
        }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
    }
}
