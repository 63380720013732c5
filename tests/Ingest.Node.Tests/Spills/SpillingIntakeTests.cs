using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Node.Tests;

/// <summary>What goes to the spill and what does not, and what clients are told.</summary>
public sealed class SpillingIntakeTests
{
    private readonly FakeJournal _journal = new();

    [Fact]
    public async Task While_the_journal_is_well_nothing_is_spilled()
    {
        await using var site = new SpillSite(_journal);
        await site.StartAsync();

        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 2), await site.SendAsync("shop", "a", "b"));
        Assert.Equal((0L, null), (site.Host.Report.Events, site.Host.Report.JournalAway));
        Assert.All(_journal.Stored, stored => Assert.Equal(EventEntry.NoTime, stored.ReceivedAt));
    }

    [Fact]
    public async Task A_journal_that_is_away_costs_a_few_tries_and_every_request_is_safe()
    {
        _journal.Mood = JournalMood.Away;
        await using var site = new SpillSite(_journal);
        await site.StartAsync(drains: false);

        var triesMax = new HostingOptions().SpillFailuresMax;
        for (var i = 0; i < triesMax; i++)
        {
            Assert.Null(site.Host.Report.JournalAway);
            await site.SpillAsync("shop", $"event {i}");
        }

        await site.SpillAsync("shop", "after");
        Assert.Equal(triesMax, _journal.Requests);
        Assert.Equal(triesMax + 1, site.Host.Report.Events);
        Assert.Equal("the test took the journal away", site.Host.Report.JournalAway);
    }

    [Fact]
    public async Task One_source_that_fails_closes_the_way_for_no_other()
    {
        _journal.MoodOf = source => source == "slow" ? JournalMood.Away : JournalMood.Well;
        await using var site = new SpillSite(_journal);
        await site.StartAsync(drains: false);
        var rounds = 2 * new HostingOptions().SpillFailuresMax;
        for (var i = 0; i < rounds; i++)
        {
            await site.SpillAsync("slow", $"slow {i}");
            Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await site.SendAsync("shop", $"event {i}"));
        }

        Assert.Equal((rounds, null), (site.Host.Report.Events, site.Host.Report.JournalAway));
    }

    [Fact]
    public async Task Requests_that_fail_together_close_no_way_where_the_journal_took_others_meanwhile()
    {
        await using var site = new SpillSite(_journal);
        await site.StartAsync(drains: false);
        var reach = new JournalReach(site.Health, failuresMax: 2);
        var (before, fault) = (reach.Taken, IntakeResult.Unavailable("slow", IntakeFault.Journal));
        Assert.False(reach.Observe(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), before));
        for (var i = 0; i < 10; i++)
            Assert.True(reach.Observe(fault, before));
        Assert.Null(reach.Away);

        // Duplicates need no write.
        Assert.False(reach.Observe(new IntakeResult(IntakeOutcome.Stored, Duplicates: 1), reach.Taken));
        Assert.True(reach.Observe(fault, reach.Taken));
        Assert.Null(reach.Away);
        Assert.True(reach.Observe(fault, reach.Taken));
        Assert.Equal("slow", reach.Away);
    }

    [Fact]
    public async Task A_journal_that_is_known_to_be_away_costs_no_try()
    {
        await using var site = new SpillSite(_journal);
        await site.StartAsync(drains: false);
        site.Health.ObserveRead("connection refused");

        await site.SpillAsync("shop", "a");
        Assert.Equal(0, _journal.Requests);
        Assert.Equal("connection refused", site.Host.Report.JournalAway);
        site.Health.ObserveRead(null);
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await site.SendAsync("shop", "b"));
    }

    [Fact]
    public async Task What_is_refused_for_another_reason_stays_refused()
    {
        _journal.Mood = JournalMood.Overloaded;
        await using var site = new SpillSite(_journal);
        await site.StartAsync(drains: false);

        Assert.Equal(IntakeOutcome.Unavailable, (await site.SendAsync("shop", "a")).Outcome);
        Assert.Equal((0L, null), (site.Host.Report.Events, site.Host.Report.JournalAway));
    }

    [Fact]
    public async Task A_full_spill_leaves_the_answer_to_the_journal()
    {
        _journal.Mood = JournalMood.Away;
        await using var site = new SpillSite(_journal);
        await site.StartAsync(drains: false, bytesMax: 1_000);
        IntakeResult result;
        for (var i = 0; (result = await site.SendAsync("shop", $"event {i}")).Outcome == IntakeOutcome.Stored; i++)
            Assert.InRange(i, 0, 1_000);

        Assert.Equal((IntakeOutcome.Unavailable, IntakeFault.Journal), (result.Outcome, result.Fault));
        site.Health.ObserveRead("connection refused");
        Assert.False(site.Health.CanStore(out var why));
        Assert.Equal("connection refused", why);
        // It is back, and the first request finds that out.
        site.Health.ObserveRead(null);
        _journal.Mood = JournalMood.Well;
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await site.SendAsync("shop", "after"));
        Assert.Null(site.Host.Report.JournalAway);
        // The spill, tried first, did not keep it: its receipt is its arrival at the journal.
        Assert.Equal(EventEntry.NoTime, _journal.Stored[^1].ReceivedAt);
    }

    [Fact]
    public async Task A_process_is_ready_as_long_as_its_spill_has_room()
    {
        await using var site = new SpillSite(_journal);
        await site.StartAsync(drains: false);
        site.Health.ObserveRead("connection refused");
        Assert.True(site.Health.CanStore(out _));
        site.Health.Stopping();
        Assert.False(site.Health.CanStore(out _));
    }

    [Fact]
    public async Task A_process_without_a_spill_is_not_ready_while_the_journal_is_away()
    {
        await using var site = new SpillSite(_journal);
        await site.StartAsync(takesEvents: false);
        site.Health.ObserveRead("connection refused");
        Assert.False(site.Health.CanStore(out _));
    }
}
