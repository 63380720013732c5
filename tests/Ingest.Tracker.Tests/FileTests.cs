namespace Ingest.Tracker.Tests;

/// <summary>The file: shared, small again after an outage, and refused where it is no tracker's.</summary>
public sealed class FileTests
{
    [Fact]
    public async Task Two_trackers_of_one_file_send_each_event_once_and_in_order()
    {
        await using var bench = new Bench();
        IngestTracker[] trackers = [bench.Open(), bench.Open()];
        await Parallel.ForAsync(0, 2, (index, _) =>
        {
            Bench.Track(trackers[index], index * 1_000, 300);
            return ValueTask.CompletedTask;
        });
        await Task.WhenAll(trackers.Select(Bench.FlushAsync));

        var numbers = bench.Collector.Received.Select(received => received.Json.GetProperty("data").GetProperty("n").GetInt32()).ToList();
        Assert.Equal(600, numbers.Count);
        Assert.Equal(Enumerable.Range(0, 300), numbers.Where(number => number < 1_000));
        Assert.Equal(Enumerable.Range(1_000, 300), numbers.Where(number => number >= 1_000));
        Assert.Equal(600, trackers[0].ReadStats().Delivered);
    }

    [Fact]
    public async Task One_tracker_sends_what_another_left_behind()
    {
        await using var bench = new Bench();
        var isAway = true;
        bench.Collector.Script = _ => new(isAway ? 503 : 200);
        var first = bench.Open();
        var second = bench.Open();
        Bench.Track(first, 0, 5);
        await first.DisposeAsync();
        isAway = false;
        Bench.Track(second, 5, 1);
        await Bench.FlushAsync(second);
        Assert.Equal(Enumerable.Range(0, 6).Select(Bench.Id), bench.Collector.Received.Select(received => received.Id));
    }

    [Fact]
    public async Task Many_open_a_new_file_at_once()
    {
        await using var bench = new Bench();
        var trackers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => bench.Open())));
        foreach (var (index, tracker) in trackers.Index())
            Bench.Track(tracker, index, 1);
        await Bench.FlushAsync(trackers[0]);
        Assert.Equal(8, bench.Collector.Received.Count);
    }

    [Fact]
    public async Task The_file_shrinks_when_an_outage_is_over()
    {
        await using var bench = new Bench();
        bench.Collector.Script = _ => new(503);
        var tracker = bench.Open();
        foreach (var number in Enumerable.Range(0, 400))
            tracker.Track("tick", Bench.Data(number, 20_000), eventId: Bench.Id(number));
        bench.Collector.Script = null;
        await Bench.FlushAsync(tracker);
        await tracker.DisposeAsync();

        // Another opening goes to rest on the empty file, as this one may not have had the time to do.
        tracker = bench.Open();
        Bench.Track(tracker, 400, 1);
        await Bench.FlushAsync(tracker);
        await Deadline.UntilAsync(
            () => Task.FromResult(FreePages(bench.File) <= 256 ? "shrunk" : null), Deadline.Process, () => $"{FreePages(bench.File)} pages are free");
        await tracker.DisposeAsync();
        Assert.True(new FileInfo(bench.File).Length < 3_000_000, $"{new FileInfo(bench.File).Length} bytes");
    }

    [Fact]
    public async Task What_is_no_database_is_refused_and_left_alone()
    {
        await using var bench = new Bench();
        var text = string.Concat(Enumerable.Repeat("these are somebody's notes\n", 500));
        await File.WriteAllTextAsync(bench.File, text, TestContext.Current.CancellationToken);
        Assert.Throws<TrackerFileException>(() => bench.Open());
        Assert.Equal(text, await File.ReadAllTextAsync(bench.File, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("CREATE TABLE mine (a); PRAGMA user_version=1", "another program")]
    [InlineData("PRAGMA application_id=0x494E4754; PRAGMA user_version=2; CREATE TABLE mine (a)", "newer version")]
    public async Task The_database_of_somebody_else_is_refused(string sql, string reason)
    {
        await using var bench = new Bench();
        using (var database = Database.Open(bench.File))
            database.Execute(sql);
        var refusal = Assert.Throws<TrackerFileException>(() => bench.Open());
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_fails_while_it_is_opened_is_closed_again()
    {
        await using var bench = new Bench();
        await bench.Open().DisposeAsync();
        using (var database = Database.Open(bench.File))
            database.Execute("DROP TABLE region_list");
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        Assert.Throws<TrackerFileException>(() => bench.Open(options =>
            options.RegionList = new RegionListOptions { PublicKey = key.ExportSubjectPublicKeyInfoPem() }));
        // Whoever still had it open would keep its log.
        Assert.False(File.Exists(bench.File + "-wal"));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_told()
    {
        await using var bench = new Bench();
        await File.WriteAllTextAsync(bench.File, "a file, no folder", TestContext.Current.CancellationToken);
        Assert.Throws<TrackerFileException>(() => bench.Open(options => options.File = Path.Combine(bench.File, "events.db")));
    }

    [Fact]
    public async Task What_the_file_cannot_take_is_told_and_counted()
    {
        await using var bench = new Bench();
        bench.Collector.Script = _ => new(503);
        var tracker = bench.Open();
        Bench.Track(tracker, 0, 1);
        using (var other = Database.Open(bench.File))
        {
            // As a disk that takes nothing more.
            other.Execute("CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
            Assert.Equal(TrackResult.NotStored, tracker.Track("tick", Bench.Data(1), eventId: Bench.Id(1)));
            other.Execute("DROP TRIGGER full");
        }
        Assert.Equal((DropReason.NotStored, Bench.Id(1)), (Assert.Single(bench.Dropped).Reason, bench.Dropped.Single().EventId));
        Assert.Contains(bench.Problems, problem => problem?.Contains("the disk is full", StringComparison.Ordinal) == true);

        bench.Collector.Script = null;
        Bench.Track(tracker, 2, 1);
        await Bench.FlushAsync(tracker);
        Assert.Equal([Bench.Id(0), Bench.Id(2)], bench.Collector.Received.Select(received => received.Id));
        Assert.Equal(1, tracker.ReadStats().DroppedNotStored);
    }

    [Fact]
    public async Task A_lock_that_cannot_be_had_for_another_reason_is_told()
    {
        await using var bench = new Bench();
        Directory.CreateDirectory(bench.File + "-sender");
        var tracker = bench.Open();
        Bench.Track(tracker, 0, 1);
        await Deadline.UntilAsync(
            () => Task.FromResult(bench.Problems.Any(problem => problem?.Contains("-sender", StringComparison.Ordinal) == true) ? "told" : null),
            Deadline.Process,
            () => "no problem was told");
        Directory.Delete(bench.File + "-sender");
        await Bench.FlushAsync(tracker);
        Assert.Single(bench.Collector.Received);
    }

    [Fact]
    public async Task The_file_stays_where_it_was_when_the_program_changes_its_folder()
    {
        await using var bench = new Bench();
        var options = new TrackerOptions
        {
            File = Path.GetRelativePath(Environment.CurrentDirectory, bench.File),
            Protocol = new IngestProtocol("shop", "shop-key"),
            Endpoints = [new TrackerEndpoint("http://collector.test")],
        };
        Assert.Equal(bench.File, options.Validated().File);
    }

    private static long FreePages(string file)
    {
        using var database = Database.Open(file);
        return database.Scalar("PRAGMA freelist_count");
    }
}
