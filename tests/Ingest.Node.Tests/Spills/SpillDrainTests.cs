using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Node.Tests;

/// <summary>What was spilled reaches the journal once, in order, whatever happens on the way.</summary>
public sealed class SpillDrainTests
{
    private readonly FakeJournal _journal = new();

    [Fact]
    public async Task Once_the_journal_is_back_everything_drains_in_order_with_its_first_receipt()
    {
        const int Requests = 200;
        var before = Instant.From(TimeProvider.System.GetUtcNow());
        _journal.Mood = JournalMood.Away;
        await using var site = new SpillSite(_journal);
        await site.StartAsync();
        // Known to be away: nothing is tried, so nothing rests when it is back.
        site.Health.ObserveRead("the test took the journal away");
        for (var i = 0; i < Requests; i++)
            await site.SpillAsync(i % 3 == 0 ? "blog" : "shop", $"event {i:000}");
        var after = Instant.From(TimeProvider.System.GetUtcNow());

        _journal.Mood = JournalMood.Well;
        site.Health.ObserveRead(null);
        await site.UntilDrainedAsync();

        Assert.Equal(Requests, _journal.Stored.Count);
        foreach (var source in _journal.Stored.GroupBy(stored => stored.Source))
            Assert.Equal(source.Select(stored => stored.Id).Order(StringComparer.Ordinal), source.Select(stored => stored.Id));
        Assert.All(_journal.Stored, stored => Assert.InRange(stored.ReceivedAt, before.UnixMilliseconds, after.UnixMilliseconds));
        Assert.Equal(Requests, site.Host.Report.Drained);
    }

    [Fact]
    public async Task What_leaves_the_spill_is_counted_as_drained_at_once_and_what_stays_is_not()
    {
        _journal.Mood = JournalMood.Away;
        await using var site = new SpillSite(_journal);
        await site.StartAsync(drains: false);
        await site.SpillAsync("shop", "a", "b");
        await site.SpillAsync("shop", "c");

        var after = new List<(long Waiting, long Drained)>();
        var refusals = new Queue<JournalResult>([new(JournalOutcome.Refused, "the test refuses"), new(JournalOutcome.Unknown, "the test lost the answer")]);
        site.Spill.OnRemove = async remove =>
        {
            var answer = refusals.TryDequeue(out var refusal) ? refusal : await remove();
            var report = site.Host.Report;
            if (answer.Outcome == JournalOutcome.Committed)
                after.Add((report.Events, report.Drained));
            return answer;
        };
        _journal.Mood = JournalMood.Well;
        site.BeginDraining();
        await site.UntilDrainedAsync();

        Assert.Empty(refusals);
        Assert.NotEmpty(after);
        Assert.All(after, report => Assert.Equal(3, report.Waiting + report.Drained));
        Assert.Equal(3, site.Host.Report.Drained);
    }

    [Fact]
    public async Task New_requests_go_to_the_journal_as_soon_as_it_took_a_spilled_one()
    {
        _journal.Mood = JournalMood.Away;
        await using var site = new SpillSite(_journal);
        await site.StartAsync();
        await site.SpillAsync("shop", "a");
        _journal.Mood = JournalMood.Well;
        await site.UntilDrainedAsync();

        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await site.SendAsync("shop", "b"));
    }

    [Fact]
    public async Task A_lost_answer_and_the_spill_after_it_store_once()
    {
        _journal.Mood = JournalMood.Forgetful;
        await using var site = new SpillSite(_journal);
        await site.StartAsync(drains: false);
        await site.SpillAsync("shop", "a", "b");
        Assert.Equal(2, _journal.Stored.Count);

        _journal.Mood = JournalMood.Well;
        site.BeginDraining();
        await site.UntilDrainedAsync();
        Assert.Equal(["a", "b"], _journal.Stored.Select(stored => stored.Id));
    }

    [Fact]
    public async Task A_source_that_cannot_be_drained_holds_up_no_other()
    {
        _journal.Mood = JournalMood.Away;
        await using var site = new SpillSite(_journal);
        await site.StartAsync(drains: false);
        await site.SpillAsync("stuck", "a");
        await site.SpillAsync("shop", "b");

        _journal.MoodOf = source => source == "stuck" ? JournalMood.Overloaded : JournalMood.Well;
        site.BeginDraining();
        await NodeUntilAsync(() => site.Host.Report.Events == 1);
        Assert.Equal("b", Assert.Single(_journal.Stored).Id);
        _journal.MoodOf = null;
        _journal.Mood = JournalMood.Well;
        await site.UntilDrainedAsync();
    }

    [Fact]
    public async Task Requests_that_cannot_be_drained_hold_up_none_behind_them_of_their_source()
    {
        _journal.Mood = JournalMood.Away;
        await using var site = new SpillSite(_journal);
        await site.StartAsync(drains: false);
        string[] unwanted = [.. Enumerable.Range(0, 8).Select(i => $"unwanted {i}")];
        string[] others = [.. Enumerable.Range(0, 20).Select(i => $"event {i:00}")];
        foreach (var id in unwanted.Concat(others))
            await site.SpillAsync("shop", id);

        _journal.Mood = JournalMood.Well;
        _journal.IsUnwanted = id => unwanted.Contains(id, StringComparer.Ordinal);
        site.BeginDraining();
        await NodeUntilAsync(() => site.Host.Report.Events == unwanted.Length);
        Assert.Equal(others, _journal.Stored.Select(stored => stored.Id));

        _journal.IsUnwanted = null;
        await site.UntilDrainedAsync();
        Assert.Equal(unwanted, _journal.Stored.Skip(others.Length).Select(stored => stored.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_next_start_drains_what_an_earlier_run_left_though_nothing_new_is_spilled()
    {
        _journal.Mood = JournalMood.Away;
        await using var site = new SpillSite(_journal);
        await site.StartAsync();
        await site.SpillAsync("shop", "a");
        await site.StopAsync();

        _journal.Mood = JournalMood.Well;
        await site.StartAsync(takesEvents: false);
        await site.UntilDrainedAsync();
        Assert.Equal("a", Assert.Single(_journal.Stored).Id);
    }

    [Fact]
    public async Task A_process_that_stops_says_how_many_events_stay_on_its_disk()
    {
        var log = new LogLines();
        _journal.Mood = JournalMood.Away;
        await using var site = new SpillSite(_journal, log);
        await site.StartAsync();
        await site.SpillAsync("shop", "a", "b");
        await site.Host.FinishAsync(TimeSpan.FromMilliseconds(50));
        Assert.Contains(log.All, line => line.Text.StartsWith("2 events stay in the spill", StringComparison.Ordinal));

        _journal.Mood = JournalMood.Well;
        await site.Host.FinishAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(0, site.Host.Report.Events);
        Assert.Single(log.All, line => line.Text.Contains("events stay in the spill", StringComparison.Ordinal));
    }

    /// <summary>
    /// Random histories of requests, faults and restarts, against a model: what was answered with success stands in the
    /// journal once at the end, and nothing else does that was not sent.
    /// </summary>
    [Fact]
    public async Task Every_acknowledged_event_comes_out_once_whatever_happens()
    {
        const int Histories = 12, Steps = 60;
        var random = TestSeed.Next();
        for (var history = 0; history < Histories; history++)
            await RunAsync(random, Steps);
    }

    private static async Task RunAsync(Random random, int steps)
    {
        var journal = new FakeJournal();
        var (sent, acknowledged) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        await using var site = new SpillSite(journal);
        await site.StartAsync(drains: random.Next(4) > 0, bytesMax: random.Next(2) == 0 ? 3_000 : 1 << 30);
        for (var step = 0; step < steps; step++)
        {
            switch (random.Next(10))
            {
                case < 6:
                    var sending = Enumerable.Range(0, random.Next(1, 5)).Select(_ => SendAsync(RequestOf(random, step))).ToList();
                    await Task.WhenAll(sending);
                    break;
                case 6 or 7:
                    var seed = random.Next();
                    journal.MoodOf = random.Next(3) == 0 ? source => (JournalMood)((uint)(seed + source[0] + journal.Requests) % 4) : null;
                    journal.Mood = (JournalMood)random.Next(4);
                    break;
                case 8:
                    site.Health.ObserveRead(random.Next(2) == 0 ? "the test closed the journal" : null);
                    break;
                default:
                    await site.StopAsync();
                    await site.StartAsync();
                    break;
            }
        }

        (journal.MoodOf, journal.Mood) = (null, JournalMood.Well);
        await site.StopAsync();
        await site.StartAsync();
        await site.UntilDrainedAsync();
        var stored = journal.Stored.Select(event_ => $"{event_.Source} {event_.Id}").ToList();
        Assert.Distinct(stored);
        Assert.Subset(stored.ToHashSet(StringComparer.Ordinal), acknowledged);
        Assert.Subset(sent, stored.ToHashSet(StringComparer.Ordinal));

        async Task SendAsync((string Source, string[] Ids) request)
        {
            var names = request.Ids.Select(id => $"{request.Source} {id}").ToList();
            lock (sent)
                sent.UnionWith(names);
            if ((await site.SendAsync(request.Source, request.Ids)).Outcome != IntakeOutcome.Stored)
                return;
            lock (acknowledged)
                acknowledged.UnionWith(names);
        }
    }

    /// <summary>New events, and now and then one that was sent before.</summary>
    private static (string Source, string[] Ids) RequestOf(Random random, int step) => (
        random.Next(3) == 0 ? "blog" : "shop",
        [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"e{(random.Next(4) == 0 ? random.Next(step + 1) : step)}-{random.Next(20)}").Distinct()]);

    private static Task NodeUntilAsync(Func<bool> holds) => TestNode.UntilAsync(() => Task.FromResult(holds()));
}
