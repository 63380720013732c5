using static Ingest.Engine.Tests.ShipperScript;

namespace Ingest.Engine.Tests;

/// <summary>
/// One rule of the shipper a test, on short scripts; <see cref="ShipperPropertyTests"/> mixes them all.
/// </summary>
public sealed class ShipperTests
{
    private static readonly Limits Small = new() { ShipWindow = 4, ShipConcurrency = 2, BreakerFailures = 3 };

    [Fact]
    public void Ships_oldest_first_within_its_concurrency()
    {
        var script = new ShipperScript(Small);
        Assert.Equal(4, script.Refill(1, 2, 3).Limit);
        Assert.Equal([1, 2], script.Started());
        Assert.IsType<ShipStep.Idle>(script.Next());
        script.End(2, ShipOutcome.Confirmed);
        Assert.Equal([3], script.Started());
    }

    [Fact]
    public void Asks_for_more_once_half_of_the_window_is_free()
    {
        var script = new ShipperScript(Small);
        script.Refill(1, 2, 3, 4);
        Assert.Equal([1, 2], script.Started());
        script.End(1, ShipOutcome.Confirmed);
        Assert.Equal([3], script.Started());
        script.End(2, ShipOutcome.Confirmed);
        var refill = Assert.IsType<ShipStep.Refill>(script.Next());
        Assert.Equal(2, refill.Limit);
        Assert.Equal([BatchOf(3).Id, BatchOf(4).Id], refill.Without.OrderBy(id => id.Partition.Number));
        Assert.Equal([4], script.Started());
    }

    [Fact]
    public void Is_idle_until_something_is_sealed()
    {
        var script = new ShipperScript(Small);
        script.Refill();
        Assert.IsType<ShipStep.Idle>(script.Next());
        script.Notice();
        script.Refill(1);
        Assert.Equal([1], script.Started());
    }

    [Fact]
    public void A_seal_during_a_refill_causes_another()
    {
        var script = new ShipperScript(Small);
        Assert.IsType<ShipStep.Refill>(script.Next());
        script.Notice();
        script.Offer();
        Assert.IsType<ShipStep.Refill>(script.Next());
    }

    [Fact]
    public void A_refill_that_fails_is_repeated_after_a_pause()
    {
        var script = new ShipperScript(Small);
        for (var failures = 1; failures <= 20; failures++)
        {
            Assert.IsType<ShipStep.Refill>(script.Next());
            script.OfferFailed();
            var ceiling = Backoff.Ceiling(failures, Small.RetryPauseMin, Small.RetryPauseMax);
            Assert.InRange(script.Sleep(), ceiling / 2, ceiling);
        }

        Assert.Equal(ShipOutcome.JournalUnavailable, script.Status.LastFailure?.Outcome);
        script.Refill(1);
        Assert.Equal([1], script.Started());
    }

    [Fact]
    public void A_batch_that_pauses_does_not_hold_up_younger_ones()
    {
        var script = new ShipperScript(Small with { RetryPauseMin = TimeSpan.FromSeconds(30) });
        script.Refill(1, 2);
        script.Started();
        script.End(1, ShipOutcome.Unreachable);
        script.End(2, ShipOutcome.Confirmed);
        script.Notice();
        script.Refill(3);
        Assert.Equal([3], script.Started());
        script.End(3, ShipOutcome.Confirmed);
        script.Sleep();
        Assert.Equal([1], script.Started());
    }

    [Fact]
    public void A_wait_ends_with_the_shortest_pause()
    {
        var script = new ShipperScript(Small with { RetryPauseMin = TimeSpan.FromSeconds(30) });
        script.Refill(1, 2);
        script.Started();
        script.End(1, ShipOutcome.Unreachable);
        script.End(2, ShipOutcome.Unreachable);
        var first = script.Sleep();
        Assert.Single(script.Started());
        // The other one's pause is not over yet, and was not forgotten.
        Assert.InRange(first + script.Sleep(), first, Small.RetryPauseMax);
        Assert.Single(script.Started());
    }

    [Fact]
    public void A_lost_confirmation_is_repeated_without_another_put()
    {
        var script = new ShipperScript(Small);
        script.Refill(1);
        Assert.Null(Assert.IsType<ShipStep.Ship>(script.Next()).Stored);
        script.End(1, ShipOutcome.NotConfirmed);
        script.Sleep();
        var again = Assert.IsType<ShipStep.Ship>(script.Next());
        Assert.Equal(ObjectOf(BatchOf(1)), again.Stored);
        Assert.Equal(2, again.Attempt);
        script.End(1, ShipOutcome.Confirmed);
        Assert.Equal(0, script.Status.InHand);
    }

    [Fact]
    public void A_confirmation_does_not_wait_for_the_breaker()
    {
        var script = new ShipperScript(Small with { BreakerFailures = 1 });
        script.Refill(1, 2);
        Assert.Equal([1, 2], script.Started());
        script.End(1, ShipOutcome.NotConfirmed);
        script.End(2, ShipOutcome.Denied);
        script.Now += Small.RetryPauseMin;
        Assert.NotNull(Assert.IsType<ShipStep.Ship>(script.Next()).Stored);
        Assert.Equal(BreakerState.Open, script.Status.Breaker);
        Assert.IsType<ShipStep.Wait>(script.Next());
    }

    [Theory]
    [InlineData(ShipOutcome.Unreachable)]
    [InlineData(ShipOutcome.Throttled)]
    [InlineData(ShipOutcome.Denied)]
    [InlineData(ShipOutcome.Missing)]
    [InlineData(ShipOutcome.Rejected)]
    public void The_breaker_opens_after_so_many_failures_in_a_row(ShipOutcome outcome)
    {
        var script = new ShipperScript(Small);
        script.Refill(1, 2, 3);
        script.Fail(2, outcome);
        Assert.Equal(BreakerState.Closed, script.Status.Breaker);
        script.Fail(1, outcome);
        Assert.Equal(BreakerState.Open, script.Status.Breaker);
        Assert.Equal(script.Now, script.Status.BreakerSince);
        Assert.IsType<ShipStep.Wait>(script.Next());
    }

    [Theory]
    [InlineData(ShipOutcome.Conflict)]
    [InlineData(ShipOutcome.Damaged)]
    [InlineData(ShipOutcome.JournalUnavailable)]
    [InlineData(ShipOutcome.NotConfirmed)]
    public void The_breaker_counts_no_other_failures(ShipOutcome outcome)
    {
        var script = new ShipperScript(Small with { ShipWindow = 20 });
        script.Refill([.. Enumerable.Range(1, 10)]);
        script.Fail(10, outcome);
        Assert.Equal(BreakerState.Closed, script.Status.Breaker);
    }

    [Fact]
    public void A_success_starts_the_count_again()
    {
        var script = new ShipperScript(Small);
        script.Refill(1, 2, 3, 4);
        script.Fail(2, ShipOutcome.Unreachable);
        Assert.Contains(3, script.Started());
        script.End(3, ShipOutcome.Confirmed);
        script.End(4, ShipOutcome.Unreachable);
        Assert.Equal(BreakerState.Closed, script.Status.Breaker);
    }

    [Fact]
    public void Half_open_lets_one_probe_through_and_its_success_lets_the_oldest_go_first()
    {
        var script = new ShipperScript(Small);
        script.Refill(1, 2, 3);
        script.Fail(3, ShipOutcome.Unreachable);
        script.Sleep();
        var probe = Assert.Single(script.Started());
        Assert.Equal(BreakerState.HalfOpen, script.Status.Breaker);
        Assert.IsType<ShipStep.Idle>(script.Next());
        script.End(probe, ShipOutcome.Confirmed);
        Assert.Equal(BreakerState.Closed, script.Status.Breaker);
        Assert.Equal(Enumerable.Range(1, 3).Except([probe]), script.Started());
    }

    [Fact]
    public void Probes_pause_longer_and_longer_up_to_the_cap()
    {
        var script = new ShipperScript(Small);
        script.Refill(1);
        script.Fail(3, ShipOutcome.Unreachable);
        for (var openings = 1; openings <= 12; openings++)
        {
            var ceiling = Backoff.Ceiling(openings, Small.RetryPauseMin, Small.RetryPauseMax);
            Assert.InRange(script.Sleep(), ceiling / 2, ceiling);
            Assert.Equal([1], script.Started());
            script.End(1, ShipOutcome.Unreachable);
        }
    }

    [Theory]
    [InlineData(ShipOutcome.Denied)]
    [InlineData(ShipOutcome.Missing)]
    [InlineData(ShipOutcome.Rejected)]
    public void What_a_person_must_mend_is_probed_at_the_slow_end(ShipOutcome outcome)
    {
        var script = new ShipperScript(Small with { BreakerFailures = 1 });
        script.Refill(1);
        script.Fail(1, outcome);
        Assert.InRange(script.Sleep(), Small.RetryPauseMax / 2, Small.RetryPauseMax);
    }

    [Fact]
    public void One_batch_that_never_works_does_not_keep_the_breaker_open()
    {
        var script = new ShipperScript(Small);
        script.Refill(1);
        script.Fail(10, ShipOutcome.Unreachable);
        Assert.Equal(BreakerState.Open, script.Status.Breaker);
        script.Notice();
        script.Sleep();
        script.Refill(2);
        Assert.Equal([2], script.Started());
        script.End(2, ShipOutcome.Confirmed);
        Assert.Equal(BreakerState.Closed, script.Status.Breaker);
    }

    [Fact]
    public void Late_results_of_puts_from_before_change_nothing()
    {
        var script = new ShipperScript(Small with { ShipConcurrency = 4 });
        script.Refill(1, 2, 3, 4);
        Assert.Equal([1, 2, 3, 4], script.Started());
        script.End(1, ShipOutcome.Unreachable);
        script.End(2, ShipOutcome.Unreachable);
        script.End(3, ShipOutcome.Unreachable);
        script.Sleep();
        Assert.Single(script.Started());
        script.End(4, ShipOutcome.Unreachable);
        Assert.Equal(BreakerState.HalfOpen, script.Status.Breaker);
        Assert.Empty(script.Started());
    }

    [Fact]
    public void A_probe_that_says_nothing_of_the_destination_is_followed_by_another()
    {
        var script = new ShipperScript(Small);
        script.Refill(1, 2);
        script.Fail(3, ShipOutcome.Unreachable);
        script.Sleep();
        var probe = Assert.Single(script.Started());
        script.End(probe, ShipOutcome.Damaged);
        Assert.Equal(BreakerState.HalfOpen, script.Status.Breaker);
        Assert.Equal([3 - probe], script.Started());
    }

    [Fact]
    public void Throttling_halves_the_concurrency_and_rounds_of_success_restore_it()
    {
        var script = new ShipperScript(new Limits { ShipConcurrency = 4 });
        script.Refill([.. Enumerable.Range(1, 20)]);
        Assert.Equal([1, 2, 3, 4], script.Started());
        script.End(1, ShipOutcome.Throttled);
        Assert.Equal(2, script.Status.Concurrency);
        Assert.Empty(script.Started());
        script.End(2, ShipOutcome.Confirmed);
        script.End(3, ShipOutcome.Confirmed);
        Assert.Equal(3, script.Status.Concurrency);
        Assert.Equal(2, script.Started().Count);
        script.End(4, ShipOutcome.Throttled);
        Assert.Equal(1, script.Status.Concurrency);
    }

    [Theory]
    [InlineData(ShipOutcome.Conflict)]
    [InlineData(ShipOutcome.Damaged)]
    [InlineData(ShipOutcome.Rejected)]
    public void Batches_with_faults_of_their_own_are_set_aside_and_do_not_fill_the_window(ShipOutcome outcome)
    {
        var script = new ShipperScript(Small with { ShipWindow = 2 });
        script.Refill(1, 2);
        Assert.Equal([1, 2], script.Started());
        script.End(1, outcome);
        script.End(2, outcome);
        var refill = script.Refill(3, 4);
        Assert.Equal(2, refill.Limit);
        Assert.Equal([BatchOf(1).Id, BatchOf(2).Id], refill.Without.OrderBy(id => id.Partition.Number));
        Assert.Equal([3, 4], script.Started());
        Assert.Equal([BatchOf(1), BatchOf(2)], script.Status.SetAside.Select(aside => aside.Batch));
        Assert.All(script.Status.SetAside, aside => Assert.Equal((outcome, $"{outcome}!"), (aside.Outcome, aside.Detail)));
    }

    [Fact]
    public void A_rejection_while_nothing_ships_is_the_destinations()
    {
        var script = new ShipperScript(Small);
        script.Refill(1, 2, 3);
        script.Fail(3, ShipOutcome.Denied);
        script.Fail(3, ShipOutcome.Rejected);
        Assert.Empty(script.Status.SetAside);
    }

    [Fact]
    public void Batches_set_aside_are_bounded_too()
    {
        var script = new ShipperScript(Small with { ShipWindow = 2, ShipSetAsideMax = 1 });
        script.Refill(1, 2);
        Assert.Equal([1, 2], script.Started());
        script.End(1, ShipOutcome.Conflict);
        script.End(2, ShipOutcome.Conflict);
        Assert.Equal(1, script.Refill(3).Limit);
    }

    [Fact]
    public void A_batch_set_aside_is_tried_slowly_and_for_ever_after_asking_the_journal()
    {
        var script = new ShipperScript(Small);
        script.Refill(1);
        script.Fail(1, ShipOutcome.Conflict);
        for (var round = 0; round < 5; round++)
        {
            Assert.InRange(script.Sleep(), Small.RetryPauseMax / 2, Small.RetryPauseMax);
            Assert.Empty(script.Refill(1).Without);
            Assert.Equal([1], script.Started());
            script.End(1, ShipOutcome.Conflict);
        }

        script.Sleep();
        script.Refill(1);
        script.Started();
        script.End(1, ShipOutcome.Confirmed);
        Assert.Empty(script.Status.SetAside);
        Assert.Equal(0, script.Status.InHand);
    }

    [Fact]
    public void A_batch_set_aside_that_is_not_pending_any_more_is_let_go()
    {
        var script = new ShipperScript(Small);
        script.Refill(1);
        script.Fail(1, ShipOutcome.Damaged);
        script.Sleep();
        script.Refill();
        Assert.Equal(0, script.Status.InHand);
        Assert.IsType<ShipStep.Idle>(script.Next());
    }

    [Fact]
    public void A_batch_that_another_shipper_confirmed_leaves_its_place_in_the_window()
    {
        var script = new ShipperScript(Small with { ShipWindow = 1, ShipConcurrency = 1 });
        script.Refill(1);
        script.Started();
        script.End(1, ShipOutcome.Gone);
        Assert.Equal(0, script.Status.InHand);
        Assert.Equal(BreakerState.Closed, script.Status.Breaker);
        script.Refill(2);
        Assert.Equal([2], script.Started());
    }

    [Fact]
    public void A_batch_set_aside_gives_way_to_older_ones_and_comes_back_in_its_turn()
    {
        var script = new ShipperScript(Small with { ShipWindow = 1, ShipConcurrency = 1 });
        script.Refill(5);
        script.Fail(1, ShipOutcome.Damaged);
        script.Refill(6);
        Assert.Equal([6], script.Started());
        script.Now += Small.RetryPauseMax;
        Assert.Equal(1, script.Refill(4).Limit);
        Assert.Equal(1, script.Status.InHand);
        script.End(6, ShipOutcome.Confirmed);
        script.Refill(4);
        Assert.Equal([4], script.Started());
        script.End(4, ShipOutcome.Confirmed);
        script.Refill(5);
        Assert.Equal([5], script.Started());
    }

    [Fact]
    public void A_batch_that_found_no_room_is_read_again_later()
    {
        var script = new ShipperScript(Small with { ShipWindow = 2 });
        script.Refill(1, 2);
        script.Started();
        script.End(1, ShipOutcome.Damaged);
        script.End(2, ShipOutcome.Damaged);
        script.Refill(3, 4);
        Assert.Equal([3, 4], script.Started());
        script.Now += Small.RetryPauseMax;
        // Room for none, and a question about two that are not pending any more: so the list is not full, yet not taken.
        Assert.Equal(2, script.Refill(5).Limit);
        script.End(3, ShipOutcome.Confirmed);
        script.End(4, ShipOutcome.Confirmed);
        script.Refill(5);
        Assert.Equal([5], script.Started());
    }

    [Fact]
    public void Batches_set_aside_go_one_at_a_time_and_take_turns_with_the_others()
    {
        var script = new ShipperScript(Small with { ShipWindow = 5, ShipConcurrency = 1 });
        script.Refill(1, 2, 3, 4);
        script.Fail(2, ShipOutcome.Conflict);
        Assert.Equal([3], script.Started());
        script.Now += Small.RetryPauseMax;
        script.Refill(1, 2);
        script.End(3, ShipOutcome.Confirmed);
        var first = Assert.Single(script.Started());
        Assert.Contains(first, (int[])[1, 2]);
        script.End(first, ShipOutcome.Conflict);
        Assert.Equal([4], script.Started());
    }

    [Fact]
    public void Clock_steps_neither_stretch_a_pause_nor_hang_it()
    {
        var script = new ShipperScript(Small with { RetryPauseMin = TimeSpan.FromSeconds(30) });
        script.Refill(1);
        script.Started();
        script.End(1, ShipOutcome.Unreachable);
        var pause = Assert.IsType<ShipStep.Wait>(script.Next()).Pause;
        script.Now -= TimeSpan.FromDays(400);
        Assert.Equal(pause, script.Sleep());
        Assert.Equal([1], script.Started());
    }

    [Fact]
    public void Misuse_is_told()
    {
        var script = new ShipperScript(Small);
        Assert.Throws<InvalidOperationException>(() => script.Offer(1));
        Assert.Throws<InvalidOperationException>(script.OfferFailed);
        Assert.Throws<InvalidOperationException>(() => script.End(1, ShipOutcome.Confirmed));
        script.Refill(1);
        Assert.Throws<InvalidOperationException>(() => script.End(1, ShipOutcome.Confirmed));
        script.Notice();
        Assert.IsType<ShipStep.Refill>(script.Next());
        Assert.Throws<ArgumentException>(() => script.Offer(1));
        script.Notice();
        Assert.IsType<ShipStep.Refill>(script.Next());
        Assert.Throws<ArgumentOutOfRangeException>(() => script.Offer(2, 3, 4, 5, 6));
    }
}
