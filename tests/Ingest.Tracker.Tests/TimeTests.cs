namespace Ingest.Tracker.Tests;

/// <summary>The time between recording and sending is right, whatever somebody does to the device's clock.</summary>
public sealed class TimeTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-3 * 3600)]
    [InlineData(40 * 86_400)]
    [InlineData(-20_000L * 86_400)]
    public async Task A_clock_that_is_set_in_between_spoils_nothing(long secondsSet)
    {
        await using var bench = new Bench();
        bench.Collector.Script = _ => new(503);
        var tracker = bench.Open();
        Bench.Track(tracker, 0, 1);
        var recordedAt = bench.Clock.TrueNow;
        bench.Clock.Advance(TimeSpan.FromHours(5));
        bench.Clock.Step(TimeSpan.FromSeconds(secondsSet));
        bench.Collector.Script = null;
        await Bench.FlushAsync(tracker);

        var received = Assert.Single(bench.Collector.Received);
        var derivedAt = bench.Clock.TrueNow - (received.SentAt - received.OccurredAt);
        Assert.InRange(derivedAt - recordedAt, TimeSpan.FromSeconds(-2), TimeSpan.FromSeconds(2));
        Assert.Empty(bench.Dropped);
    }

    [Fact]
    public void Where_nothing_compares_the_wall_clock_decides()
    {
        var clock = new TestClock();
        var time = EventTime.Now(clock, null);
        clock.Advance(TimeSpan.FromHours(2));
        clock.Step(TimeSpan.FromHours(1));
        clock.EpochName = "another start";
        Assert.Equal(clock.UtcNow.ToUnixTimeMilliseconds(), time.SentAt(clock));
        Assert.Equal(TimeSpan.FromHours(3), time.Age(clock));
        clock.EpochName = null;
        Assert.Equal(clock.UtcNow.ToUnixTimeMilliseconds(), time.SentAt(clock));
    }

    [Fact]
    public void A_clock_that_was_never_set_makes_no_event_old()
    {
        var clock = new TestClock();
        clock.Step(new DateTimeOffset(1970, 1, 2, 0, 0, 0, TimeSpan.Zero) - clock.UtcNow);
        var time = EventTime.Now(clock, null);
        clock.Step(TimeSpan.FromDays(20_000));
        Assert.Equal(TimeSpan.Zero, time.Age(clock));
        clock.EpochName = "another start";
        Assert.Equal(TimeSpan.Zero, time.Age(clock));
    }

    [Fact]
    public void What_the_caller_says_of_the_time_is_kept()
    {
        var clock = new TestClock();
        var occurredAt = clock.UtcNow - TimeSpan.FromDays(2);
        var time = EventTime.Now(clock, occurredAt);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromDays(2) + TimeSpan.FromHours(1), TimeSpan.FromMilliseconds(time.SentAt(clock) - time.OccurredAt));
    }

    [Fact]
    public void The_clock_that_nobody_sets_goes_on()
    {
        var clock = TrackerClock.System;
        var first = clock.Elapsed;
        Assert.True(clock.Elapsed >= first);
        Assert.NotNull(clock.Epoch);
        Assert.Equal(clock.Epoch, TrackerClock.System.Epoch);
    }
}
