namespace Ingest.Collector.Tests;

public sealed class SourceReloaderTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();
    private readonly CollectorConfiguration _configuration;
    private readonly LogLines<SourceReloader> _log = new();
    private readonly SourceReloader _reloader;

    public SourceReloaderTests()
    {
        _folder.Write("sources/a.json", """{"writeKeys":["key-number-1"]}""");
        Assert.True(Configuration.TryLoad(_folder.Path, out var configuration, out _));
        _configuration = configuration;
        _reloader = new SourceReloader(_folder.Path, configuration, TimeProvider.System, _log);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nothing_changed_nothing_happens()
    {
        var before = _configuration.Catalogue.Current;

        Assert.False(_reloader.TryReload());

        Assert.Same(before, _configuration.Catalogue.Current);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void A_change_between_start_and_first_look_is_not_missed()
    {
        _folder.Write("sources/b.json", "{}");
        var reloader = new SourceReloader(_folder.Path, _configuration, TimeProvider.System, _log);

        Assert.True(reloader.TryReload());

        Assert.True(_configuration.Catalogue.TryGet("b", out _));
    }

    [Fact]
    public void Sources_come_change_and_go()
    {
        _folder.Write("sources/a.json", """{"writeKeys":["key-number-2"],"partitions":2}""");
        _folder.Write("sources/b.json", "{}");

        Assert.True(_reloader.TryReload());

        Assert.True(_configuration.Catalogue.TryGet("a", out var a));
        Assert.Equal(2, a.Partitions);
        Assert.False(a.WriteKeys.Admits("Bearer key-number-1"));
        Assert.True(a.WriteKeys.Admits("Bearer key-number-2"));
        Assert.True(_configuration.Catalogue.TryGet("b", out _));

        _folder.Delete("sources/a.json");
        Assert.True(_reloader.TryReload());
        Assert.False(_configuration.Catalogue.TryGet("a", out _));
    }

    [Fact]
    public void A_mistake_keeps_the_sources_in_force_and_is_logged_once_each()
    {
        var before = _configuration.Catalogue.Current;
        _folder.Write("sources/a.json", """{"partitions":-1,"nonsense":true}""");
        _folder.Write("sources/b.json", "{}");

        Assert.False(_reloader.TryReload());
        Assert.False(_reloader.TryReload());

        Assert.Same(before, _configuration.Catalogue.Current);
        Assert.Equal(2, _log.Lines.Count);
        Assert.Contains(_log.Lines, line => line.Contains("sources/a.json: partitions", StringComparison.Ordinal));
        Assert.Contains(_log.Lines, line => line.Contains("sources/a.json: nonsense", StringComparison.Ordinal));

        _folder.Write("sources/a.json", """{"writeKeys":["key-number-3"]}""");
        Assert.True(_reloader.TryReload());
        Assert.True(_configuration.Catalogue.TryGet("b", out _));
    }

    [Fact]
    public void A_changed_schema_is_a_change()
    {
        var before = _configuration.Catalogue.Current;
        _folder.Write("schemas/com.acme/order/jsonschema/1-0-0", "{}");

        Assert.True(_reloader.TryReload());

        Assert.NotSame(before, _configuration.Catalogue.Current);
    }

    [Fact]
    public async Task A_fault_of_one_look_is_logged_and_the_next_one_goes_on()
    {
        using var stop = new CancellationTokenSource();
        _log.FailOnce();
        var failed = _log.Expect("could not be looked at");
        var running = _reloader.RunAsync(TimeSpan.FromMilliseconds(20), stop.Token);
        _folder.Write("sources/a.json", """{"partitions":-1}""");
        await failed.WaitAsync(TimeSpan.FromMinutes(2));

        var taken = _log.Expect("2 are in force");
        _folder.Write("sources/a.json", "{}");
        _folder.Write("sources/b.json", "{}");
        await taken.WaitAsync(TimeSpan.FromMinutes(2));
        await stop.CancelAsync();
        await running;
    }

    [Theory]
    [InlineData(0, 2_000)]
    [InlineData(15, 2_000)]
    [InlineData(60, 6_000)]
    [InlineData(5_000, 60_000)]
    public async Task Files_that_take_long_to_look_at_are_looked_at_less_often(int lookMilliseconds, int pauseMilliseconds)
    {
        var pauses = await PausesAfterLooksOf(lookMilliseconds, lookMilliseconds, lookMilliseconds);

        Assert.Equal([2_000, 2_000, pauseMilliseconds, pauseMilliseconds], pauses);
    }

    [Fact]
    public async Task A_single_slow_look_changes_nothing() =>
        Assert.Equal([2_000, 2_000, 2_000, 2_000, 2_000, 3_000], await PausesAfterLooksOf(10, 5_000, 10, 30, 30));

    [Fact]
    public async Task A_running_collector_takes_up_a_new_source()
    {
        await using var host = await CollectorHost.StartAsync(_configuration.Settings, _configuration.Catalogue.Current);
        var reloader = new SourceReloader(
            _folder.Path, _configuration with { Catalogue = host.Catalogue }, TimeProvider.System, _log);
        using var stop = new CancellationTokenSource();
        var running = reloader.RunAsync(TimeSpan.FromMilliseconds(20), stop.Token);
        using (var before = await host.PostJsonAsync("{}"u8.ToArray(), "new", "key-number-9"))
            Assert.Equal(404, (int)before.StatusCode);
        var taken = _log.Expect("2 are in force");

        _folder.Write("sources/new.json", """{"writeKeys":["key-number-9"]}""");
        await taken.WaitAsync(TimeSpan.FromMinutes(2));

        using var after = await host.PostJsonAsync("{}"u8.ToArray(), "new", "key-number-9");
        Assert.Equal(200, (int)after.StatusCode);
        await stop.CancelAsync();
        await running;
    }

    /// <returns>In milliseconds, with that before the first look.</returns>
    private async Task<IEnumerable<int>> PausesAfterLooksOf(params int[] lookMilliseconds)
    {
        using var stop = new CancellationTokenSource();
        var time = new LookTime(lookMilliseconds, stop);
        await new SourceReloader(_folder.Path, _configuration, time, _log).RunAsync(SourceReloader.DefaultPeriod, stop.Token);
        return time.Pauses.Select(pause => (int)pause.TotalMilliseconds);
    }

    /// <summary>A clock on which each look takes what is said of it. Timers are due at once; the one after the last look stops.</summary>
    private sealed class LookTime(int[] looks, CancellationTokenSource stop) : TimeProvider
    {
        private long _milliseconds;
        private int _readings;

        public List<TimeSpan> Pauses { get; } = [];

        public override long TimestampFrequency => 1_000;

        // The second reading of each pair ends a look.
        public override long GetTimestamp() => ++_readings % 2 == 0 ? _milliseconds += looks[(_readings / 2) - 1] : _milliseconds;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Pauses.Add(dueTime);
            if (Pauses.Count > looks.Length)
                stop.Cancel();
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
