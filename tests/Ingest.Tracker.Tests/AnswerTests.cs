using System.Net;

namespace Ingest.Tracker.Tests;

/// <summary>What a tracker does with every kind of answer.</summary>
public sealed class AnswerTests
{
    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(302)]
    public async Task An_answer_that_a_person_must_mend_keeps_all_events_and_slows_the_tracker(int status)
    {
        await using var bench = new Bench();
        var posts = 0;
        bench.Collector.Script = _ => new(++posts <= 6 ? status : 200);
        var tracker = bench.Open(options => options.BatchDelay = TimeSpan.Zero);
        Bench.Track(tracker, 0, 5);
        await Bench.FlushAsync(tracker);

        Assert.Equal(Enumerable.Range(0, 5).Select(Bench.Id), bench.Collector.Received.Select(received => received.Id));
        Assert.Equal(6, bench.Clock.Pauses.Count);
        Assert.All(bench.Clock.Pauses, pause => Assert.InRange(pause, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(10)));
        Assert.Contains(bench.Problems, problem => problem?.Contains($"status {status}", StringComparison.Ordinal) == true);
        Assert.Null(bench.Problems.Last());
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Pauses_double_up_to_the_longest_with_jitter(int status)
    {
        await using var bench = new Bench();
        var posts = 0;
        bench.Collector.Script = _ => new(++posts <= 14 ? status : 200);
        var tracker = bench.Open(options => options.BatchDelay = TimeSpan.Zero);
        Bench.Track(tracker, 0, 1);
        await Bench.FlushAsync(tracker);

        var pauses = bench.Clock.Pauses;
        Assert.Equal(14, pauses.Count);
        Assert.All(pauses.Index(), pause =>
        {
            var longest = Math.Min(Math.Pow(2, pause.Index), 600);
            Assert.InRange(pause.Item.TotalSeconds, Math.Min(longest / 2, 256), longest);
        });
    }

    [Fact]
    public async Task Retry_After_is_heeded_up_to_the_longest_pause()
    {
        await using var bench = new Bench();
        var posts = 0;
        bench.Collector.Script = _ => ++posts switch
        {
            1 => new(503, TimeSpan.FromSeconds(40)),
            2 => new(429, TimeSpan.FromDays(3)),
            _ => new(200),
        };
        var tracker = bench.Open(options => options.BatchDelay = TimeSpan.Zero);
        Bench.Track(tracker, 0, 1);
        await Bench.FlushAsync(tracker);

        Assert.Equal(2, bench.Clock.Pauses.Count);
        Assert.InRange(bench.Clock.Pauses[0].TotalSeconds, 40, 50);
        Assert.Equal(TimeSpan.FromMinutes(10), bench.Clock.Pauses[1]);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_split()
    {
        await using var bench = new Bench();
        bench.Collector.Script = post => new(post.Events.Count > 3 ? 413 : 200);
        var tracker = bench.Open(options => options.BatchEventsMax = 100);
        await HoldAsync(bench, tracker, 20);

        Assert.Equal(Enumerable.Range(0, 20).Select(Bench.Id), bench.Collector.Received.Select(received => received.Id));
        Assert.Equal(0, tracker.ReadStats().SetAside);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    [InlineData(422)]
    public async Task An_event_that_is_refused_by_itself_is_set_aside_and_blocks_nothing(int status)
    {
        await using var bench = new Bench();
        int[] poisoned = [0, 7, 8, 30];
        bench.Collector.Script = post => new(post.Events.Any(sent => poisoned.Select(Bench.Id).Contains(sent.Id)) ? status : 200);
        var tracker = bench.Open();
        await HoldAsync(bench, tracker, 40);

        Assert.Equal(
            Enumerable.Range(0, 40).Except(poisoned).Select(Bench.Id), bench.Collector.Received.Select(received => received.Id));
        Assert.Equal(poisoned.Select(Bench.Id), bench.Refused.Select(letter => letter.EventId));
        var letters = tracker.ReadDeadLetters();
        Assert.Equal(poisoned.Select(Bench.Id), letters.Select(letter => letter.EventId));
        Assert.All(letters, letter => Assert.Equal(status, letter.Status));
        Assert.Equal(Bench.Data(7), letters[1].Data.ToArray());
        Bench.AssertConserved(tracker.ReadStats());

        // The collector was mended, after a long time.
        bench.Clock.Advance(TimeSpan.FromDays(100));
        bench.Collector.Script = null;
        Assert.Equal(4, tracker.RetryDeadLetters());
        await Bench.FlushAsync(tracker);
        Assert.Equal(40, bench.Collector.Received.Select(received => received.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal((0, 0, 40), (tracker.ReadStats().SetAside, tracker.ReadStats().SetAsideBytes, tracker.ReadStats().Delivered));
    }

    [Fact]
    public async Task A_collector_that_refuses_everything_does_not_empty_the_queue_at_once()
    {
        await using var bench = new Bench();
        bench.Collector.Script = _ => new(400);
        var tracker = bench.Open(options => options.BatchDelay = TimeSpan.Zero);
        await HoldAsync(bench, tracker, 12);

        Assert.Equal(12, tracker.ReadStats().SetAside);
        // All but the first five cost a pause each, and these double.
        Assert.True(bench.Clock.Pauses.Count >= 6, string.Join(' ', bench.Clock.Pauses));
        Assert.True(bench.Clock.Pauses[^1] > bench.Clock.Pauses[0]);
    }

    [Fact]
    public async Task Events_set_aside_give_way_to_new_ones()
    {
        await using var bench = new Bench();
        bench.Collector.Script = _ => new(400);
        var tracker = bench.Open(options => options.QueueEventsMax = 3);
        Bench.Track(tracker, 0, 3);
        await Bench.FlushAsync(tracker);
        bench.Collector.Script = _ => new(503);
        Bench.Track(tracker, 3, 2);

        Assert.Equal([Bench.Id(0), Bench.Id(1)], bench.Dropped.Select(dropped => dropped.EventId));
        Assert.All(bench.Dropped, dropped => Assert.Equal(DropReason.Refused, dropped.Reason));
        var stats = tracker.ReadStats();
        Assert.Equal((2, 1, 2), (stats.Pending, stats.SetAside, stats.DroppedRefused));
        Bench.AssertConserved(stats);
    }

    [Fact]
    public async Task A_success_that_answers_another_request_is_none()
    {
        await using var bench = new Bench();
        using var redirected = new Redirecting();
        var tracker = bench.Open(options => options.HttpHandler = redirected);
        Bench.Track(tracker, 0, 1);
        await Deadline.UntilAsync(
            () => Task.FromResult(bench.Problems.Any(problem => problem is not null) ? "told" : null), Deadline.Process, () => "no problem was told");
        Assert.Equal((1, 0), (tracker.ReadStats().Pending, tracker.ReadStats().Delivered));
    }

    [Fact]
    public async Task An_answer_that_was_lost_costs_a_duplicate_with_the_same_id()
    {
        await using var bench = new Bench();
        var posts = 0;
        bench.Collector.Script = _ => new(200) { IsAnswerLost = ++posts == 1 };
        var tracker = bench.Open();
        Bench.Track(tracker, 0, 1);
        await Bench.FlushAsync(tracker);
        Assert.Equal([Bench.Id(0), Bench.Id(0)], bench.Collector.Received.Select(received => received.Id));
        Assert.Equal(1, tracker.ReadStats().Delivered);
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_given_up()
    {
        await using var bench = new Bench();
        using var handler = new HangingOnce(bench.Collector);
        var tracker = bench.Open(options =>
        {
            options.HttpHandler = handler;
            options.RequestTimeout = TimeSpan.FromMilliseconds(50);
        });
        Bench.Track(tracker, 0, 2);
        await Bench.FlushAsync(tracker);
        Assert.Equal([Bench.Id(0), Bench.Id(1)], bench.Collector.Received.Select(received => received.Id));
        Assert.Contains(bench.Problems, problem => problem?.Contains("no answer in time", StringComparison.Ordinal) == true);
    }

    /// <summary>Tracks events while nothing is sent, so that they go in as few requests as they may, and delivers them.</summary>
    private static async Task HoldAsync(Bench bench, IngestTracker tracker, int count)
    {
        var script = bench.Collector.Script;
        using var tracked = new ManualResetEventSlim();
        bench.Collector.Script = post =>
        {
            if (tracked.IsSet)
                return script!(post);
            tracked.Wait();
            return new(503);
        };
        Bench.Track(tracker, 0, count);
        tracked.Set();
        await Bench.FlushAsync(tracker);
    }

    /// <summary>A handler that turned a POST into a GET, as those do that follow a redirection.</summary>
    private sealed class Redirecting : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Method = HttpMethod.Get;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        }
    }

    /// <summary>Does not answer the first request.</summary>
    private sealed class HangingOnce(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private int _requests;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _requests) == 1)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
