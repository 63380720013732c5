using System.Text;
using System.Text.Json;

namespace Ingest.Tracker.Tests;

/// <summary>What the call that tracks an event promises.</summary>
public sealed class TrackingTests
{
    [Fact]
    public async Task Events_arrive_once_in_the_order_in_which_they_were_tracked()
    {
        await using var bench = new Bench();
        var tracker = bench.Open();
        Bench.Track(tracker, 0, 1_200);
        await Bench.FlushAsync(tracker);

        Assert.Equal(Enumerable.Range(0, 1_200).Select(Bench.Id), bench.Collector.Received.Select(received => received.Id));
        var stats = tracker.ReadStats();
        Assert.Equal((1_200, 1_200, 0, 0), (stats.Stored, stats.Delivered, stats.Pending, stats.PendingBytes));
        Assert.Null(stats.Problem);
    }

    [Fact]
    public async Task Events_outlive_the_tracker()
    {
        await using var bench = new Bench();
        bench.Collector.Script = _ => new(503);
        var first = bench.Open();
        Bench.Track(first, 0, 10);
        await first.DisposeAsync();
        Assert.Equal(TrackResult.NotStored, first.Track("late", Bench.Data(0)));
        Assert.False(await first.FlushAsync(TestContext.Current.CancellationToken));

        bench.Collector.Script = null;
        await Bench.FlushAsync(bench.Open());
        Assert.Equal(Enumerable.Range(0, 10).Select(Bench.Id), bench.Collector.Received.Select(received => received.Id));
    }

    [Fact]
    public async Task Many_threads_track_at_once()
    {
        await using var bench = new Bench();
        var tracker = bench.Open(options => options.SurvivesPowerLoss = true);
        await Parallel.ForAsync(0, 8, (thread, _) =>
        {
            Bench.Track(tracker, thread * 100, 100);
            return ValueTask.CompletedTask;
        });
        await Bench.FlushAsync(tracker);

        Assert.Equal(
            Enumerable.Range(0, 800).Select(Bench.Id).Order(StringComparer.Ordinal),
            bench.Collector.Received.Select(received => received.Id).Order(StringComparer.Ordinal));
        // Those of one thread are in its order.
        var numbers = bench.Collector.Received.Select(received => received.Json.GetProperty("data").GetProperty("n").GetInt32()).ToList();
        Assert.All(Enumerable.Range(0, 8), thread =>
            Assert.Equal(Enumerable.Range(thread * 100, 100), numbers.Where(number => number / 100 == thread)));
    }

    [Fact]
    public async Task With_nothing_to_send_nothing_happens()
    {
        await using var bench = new Bench();
        var tracker = bench.Open();
        Bench.Track(tracker, 0, 1);
        await Bench.FlushAsync(tracker);
        // The loop goes to rest after the wait has ended; another event shows that it has been there.
        Bench.Track(tracker, 1, 1);
        await Bench.FlushAsync(tracker);

        Assert.Equal(2, bench.Collector.Posts.Count);
        // At most the wait for further events before each request.
        Assert.True(bench.Clock.Pauses.Count <= 2, string.Join(' ', bench.Clock.Pauses));
    }

    [Fact]
    public async Task A_full_file_refuses_new_events_and_keeps_the_old_ones()
    {
        await using var bench = new Bench();
        bench.Collector.Script = _ => new(503);
        var tracker = bench.Open(options => options.QueueEventsMax = 5);
        Bench.Track(tracker, 0, 5);
        Assert.Equal(TrackResult.QueueFull, tracker.Track("tick", Bench.Data(5), eventId: Bench.Id(5)));

        bench.Collector.Script = null;
        await Bench.FlushAsync(tracker);
        Bench.Track(tracker, 6, 1);
        await Bench.FlushAsync(tracker);

        Assert.Equal(new[] { 0, 1, 2, 3, 4, 6 }.Select(Bench.Id), bench.Collector.Received.Select(received => received.Id));
        var dropped = Assert.Single(bench.Dropped);
        Assert.Equal((DropReason.QueueFull, Bench.Id(5), "tick"), (dropped.Reason, dropped.EventId, dropped.Name));
        Assert.Equal(Bench.Data(5), dropped.Data.ToArray());
        Assert.Equal(1, tracker.ReadStats().DroppedQueueFull);
    }

    [Fact]
    public async Task Bytes_are_bounded_too()
    {
        await using var bench = new Bench();
        bench.Collector.Script = _ => new(503);
        var tracker = bench.Open(options => options.QueueBytesMax = 64 << 10);
        var results = Enumerable.Range(0, 10).Select(number => tracker.Track("tick", Bench.Data(number, 10_000))).ToList();

        Assert.Equal(6, results.Count(result => result == TrackResult.Stored));
        Assert.Equal(4, bench.Dropped.Count(dropped => dropped.Reason == DropReason.QueueFull));
        Assert.InRange(tracker.ReadStats().PendingBytes, 60_000, 64 << 10);
    }

    [Fact]
    public async Task An_event_that_is_too_large_is_dropped_and_counted_for_good()
    {
        await using var bench = new Bench();
        var tracker = bench.Open(options => options.EventBytesMax = 2_000);
        Assert.Equal(TrackResult.TooLarge, tracker.Track("tick", Bench.Data(0, 2_000)));
        Bench.Track(tracker, 1, 1);
        await Bench.FlushAsync(tracker);
        Assert.Equal(TrackResult.TooLarge, tracker.Track("tick", Bench.Data(2, 2_000)));
        Assert.Equal(2, bench.Dropped.Count(dropped => dropped.Reason == DropReason.TooLarge));
        await tracker.DisposeAsync();

        Assert.Equal((1, 2), (bench.Collector.Received.Count, bench.Open().ReadStats().DroppedTooLarge));
    }

    [Fact]
    public async Task An_event_that_waited_too_long_is_dropped()
    {
        await using var bench = new Bench();
        bench.Collector.Script = _ => new(503);
        var tracker = bench.Open();
        Bench.Track(tracker, 0, 3);
        await tracker.DisposeAsync();
        bench.Clock.Advance(TimeSpan.FromDays(31));
        bench.Collector.Script = null;

        tracker = bench.Open();
        Bench.Track(tracker, 3, 2);
        await Bench.FlushAsync(tracker);

        Assert.Equal([Bench.Id(3), Bench.Id(4)], bench.Collector.Received.Select(received => received.Id));
        Assert.Equal([Bench.Id(0), Bench.Id(1), Bench.Id(2)], bench.Dropped.Select(dropped => dropped.EventId));
        Assert.All(bench.Dropped, dropped => Assert.Equal(DropReason.TooOld, dropped.Reason));
        var stats = tracker.ReadStats();
        Assert.Equal((3, 2), (stats.DroppedTooOld, stats.Delivered));
        Bench.AssertConserved(stats);
    }

    [Theory]
    [InlineData("", "{}", null)]
    [InlineData("a\nb", "{}", null)]
    [InlineData("tick", "", null)]
    [InlineData("tick", "{", null)]
    [InlineData("tick", "{} {}", null)]
    [InlineData("tick", "nan", null)]
    [InlineData("tick", "{}", "")]
    public async Task What_no_collector_could_read_is_an_error_of_the_caller(string name, string data, string? id)
    {
        await using var bench = new Bench();
        Assert.Throws<ArgumentException>(() => bench.Open().Track(name, Encoding.UTF8.GetBytes(data), eventId: id));
        Assert.Empty(bench.Dropped);
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_are_an_error_of_the_caller()
    {
        await using var bench = new Bench();
        Assert.Throws<ArgumentException>(() => bench.Open().Track("tick", new byte[] { (byte)'"', 0xff, (byte)'"' }));
    }

    [Fact]
    public async Task Data_may_be_an_element_of_a_document()
    {
        await using var bench = new Bench();
        var tracker = bench.Open();
        Assert.Equal(TrackResult.Stored, tracker.Track("tick", JsonElement.Parse("""{"a":[1,"ü"]}""")));
        await Bench.FlushAsync(tracker);
        Assert.Equal("ü", Assert.Single(bench.Collector.Received).Json.GetProperty("data").GetProperty("a")[1].GetString());
    }

    [Fact]
    public async Task An_element_that_is_none_is_an_error_of_the_caller()
    {
        await using var bench = new Bench();
        var tracker = bench.Open();
        Assert.Throws<ArgumentException>(() => tracker.Track("tick", default(JsonElement)));
        var document = JsonDocument.Parse("{}");
        var gone = document.RootElement;
        document.Dispose();
        Assert.Throws<ArgumentException>(() => tracker.Track("tick", gone));
    }

    [Fact]
    public async Task A_callback_that_throws_harms_nothing()
    {
        await using var bench = new Bench();
        bench.Collector.Script = post => new(post.Events.Any(sent => sent.Id == Bench.Id(1)) ? 400 : 200);
        var tracker = bench.Open(options =>
        {
            options.EventBytesMax = 2_000;
            options.OnDropped = _ => throw new InvalidOperationException("of the application");
            options.OnRefused = _ => throw new InvalidOperationException("of the application");
            options.OnProblem = _ => throw new InvalidOperationException("of the application");
        });
        Assert.Equal(TrackResult.TooLarge, tracker.Track("tick", Bench.Data(0, 2_000)));
        Bench.Track(tracker, 0, 3);
        await Bench.FlushAsync(tracker);
        Assert.Equal([Bench.Id(0), Bench.Id(2)], bench.Collector.Received.Select(received => received.Id));
    }

    [Fact]
    public async Task A_callback_of_a_failed_commit_may_wait_for_another_thread_that_tracks()
    {
        await using var bench = new Bench();
        IngestTracker? tracker = null;
        var other = TrackResult.Stored;
        tracker = bench.Open(options => options.OnProblem = _ =>
        {
            var thread = new Thread(() => other = tracker!.Track("tick", Bench.Data(1)));
            thread.Start();
            thread.Join();
        });
        using (var database = Database.Open(bench.File))
            database.Execute("CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
        Assert.Equal(TrackResult.NotStored, tracker.Track("tick", Bench.Data(0)));
        Assert.Equal(TrackResult.NotStored, other);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentException>(() => IngestTracker.Open(new TrackerOptions()));
        Assert.Throws<ArgumentException>(() => IngestTracker.Open(new TrackerOptions
        {
            File = "never-made.db",
            Protocol = new IngestProtocol("shop", "shop-key"),
            Endpoints = [new TrackerEndpoint("http://collector.test")],
            EndpointStay = TimeSpan.MaxValue,
        }));
        Assert.Throws<ArgumentException>(() => new TrackerEndpoint("ftp://collector.test"));
        Assert.Throws<ArgumentException>(() => new TrackerEndpoint("http://collector.test", -1));
        Assert.Throws<ArgumentException>(() => new IngestProtocol("shop/../x", "key"));
        Assert.Throws<ArgumentException>(() => new SnowplowProtocol(""));
    }
}
