using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Regions;
using Ingest.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingest.Node.Tests;

/// <summary>The watcher's loop over a lever of the test, a lake in memory, and a clock that leaps over every pause.</summary>
public sealed class WatcherLoopTests
{
    private const string Here = "us-west-2";
    private const string There = "us-east-1";

    private readonly MemoryLake _lake = new();
    private readonly LeapingTime _time = new();
    private readonly FakeLever _lever = new(new RegionWeights([new(There, 95), new(Here, 5)]));
    private bool _isThereUp = true;

    [Fact]
    public async Task A_move_is_still_its_own_after_two_restarts()
    {
        _isThereUp = false;
        await LookAsync(30);
        Assert.Equal(Normal.AllTo(Here), _lever.Weights);
        await LookAsync(30);
        await LookAsync(30);
        Assert.Equal(Normal.AllTo(Here), _lever.Weights);
        _isThereUp = true;
        await LookAsync(200);
        Assert.Equal(Normal, _lever.Weights);
        Assert.Equal([LeverRecord.MovedAway, LeverRecord.MovedBack], (await HistoryAsync()).Select(record => record.What));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_drill_that_was_never_closed_does_not_undo_what_a_person_sets_later(bool isAutomatic)
    {
        await BeginDrillAsync(TimeSpan.FromMinutes(10));
        _time.Leap(TimeSpan.FromDays(14));
        _lever.Weights = Normal.AllTo(Here);
        await LookAsync(300, isAutomatic);
        Assert.Empty(_lever.Sets);
    }

    [Fact]
    public async Task A_drill_after_which_a_person_moved_the_lever_is_closed()
    {
        await BeginDrillAsync(TimeSpan.FromMinutes(10));
        _time.Leap(TimeSpan.FromMinutes(1));
        var now = Instant.From(_time.GetUtcNow());
        await new LeverHistory(_lake).PutAsync(
            new LeverRecord(now, "ada@desk", LeverRecord.Set, null, Normal.AllTo(Here).ToDictionary(), "by hand"), CancellationToken.None);
        _lever.Weights = Normal.AllTo(Here);
        await LookAsync(300);
        Assert.Empty(_lever.Sets);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_drill_that_was_left_over_is_ended_once(bool isAutomatic)
    {
        await BeginDrillAsync(TimeSpan.FromMinutes(10));
        _lever.Weights = Normal.AllTo(Here);
        await LookAsync(60, isAutomatic);
        Assert.Empty(_lever.Sets);
        await LookAsync(300, isAutomatic);
        Assert.Equal([Normal], _lever.Sets);
        Assert.Null(await new DrillRecords(_lake).FindOpenAsync(Instant.From(_time.GetUtcNow()), CancellationToken.None));
    }

    [Fact]
    public async Task A_move_that_keeps_failing_is_written_down_once_and_tried_ever_more_rarely()
    {
        _isThereUp = false;
        _lever.Failure = "the provider is away";
        await LookAsync(1_000);
        var record = Assert.Single(await HistoryAsync());
        Assert.Equal((LeverRecord.MovedAway, _lever.Failure), (record.What, record.Failure));
        Assert.InRange(_lever.Tries, 5, 200);
    }

    private RegionWeights Normal => new([new(There, 95), new(Here, 5)]);

    private async Task BeginDrillAsync(TimeSpan length)
    {
        var now = Instant.From(_time.GetUtcNow());
        var drill = new DrillRecord("1", now, now + length, "ada@desk", Normal.ToDictionary(), Normal.AllTo(Here).ToDictionary());
        Assert.True((await new DrillRecords(_lake).BeginAsync(drill, CancellationToken.None)).IsConfirmed);
    }

    private async Task<List<LeverRecord>> HistoryAsync()
    {
        var records = new List<LeverRecord>();
        await foreach (var record in new LeverHistory(_lake).ReadAsync(new Instant(0), CancellationToken.None))
            records.Add(record);
        return [.. records.OrderBy(record => record.At)];
    }

    /// <summary>Starts a watcher anew, lets it look so often, and stops it.</summary>
    private async Task LookAsync(int looks, bool isAutomatic = true)
    {
        using var stop = new CancellationTokenSource();
        _lever.OnRead = () =>
        {
            if (--looks == 0)
                stop.Cancel();
            return _isThereUp;
        };
        var health = new StorageHealth();
        health.Started();
        var options = new WatcherOptions { IsAutomatic = isAutomatic, UpAfter = TimeSpan.FromSeconds(30), Hold = TimeSpan.FromMinutes(1) };
        var plan = new RegionPlan(
            [new RegionPlace(There, new Uri("http://there"), 95), new RegionPlace(Here, new Uri("http://here"), 5)],
            new ListLeverSettings(),
            options,
            null);
        using var loop = new WatcherLoop(
            plan, Here, _lever, (_, _) => Task.FromResult(_isThereUp ? new Probe(true) : Probe.Unreachable("gone")), health, _lake, _time, new HostingLog(NullLogger.Instance));
        await loop.RunAsync(stop.Token);
    }

    private sealed class FakeLever(RegionWeights weights) : ILever
    {
        public string Description => "a lever of the test";

        public RegionWeights Weights { get; set; } = weights;

        public string? Failure { get; set; }

        public int Tries { get; private set; }

        public List<RegionWeights> Sets { get; } = [];

        /// <summary>Says whether the other region is up.</summary>
        public Func<bool> OnRead { get; set; } = () => true;

        public Task<LeverReading> ReadAsync(CancellationToken cancellation) => Task.FromResult(new LeverReading(
            Weights,
            new Dictionary<string, VantageHealth>(StringComparer.Ordinal)
            {
                [There] = OnRead() ? VantageHealth.Up : VantageHealth.Down,
                [Here] = VantageHealth.Up,
            }));

        public Task<string> PreviewAsync(RegionWeights present, RegionWeights wanted, CancellationToken cancellation) => Task.FromResult("");

        public Task SetAsync(RegionWeights present, RegionWeights wanted, CancellationToken cancellation)
        {
            Tries++;
            Assert.Equal(Weights, present);
            if (Failure is not null)
                throw new LeverException(Failure);
            Weights = wanted;
            Sets.Add(wanted);
            return Task.CompletedTask;
        }
    }

    /// <summary>A clock whose pauses are over at once, and have passed.</summary>
    private sealed class LeapingTime : TimeProvider
    {
        private long _ticks = new DateTimeOffset(2026, 11, 21, 20, 0, 0, TimeSpan.Zero).UtcTicks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

        public void Leap(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero)
                Leap(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
