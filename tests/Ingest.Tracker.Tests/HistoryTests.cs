namespace Ingest.Tracker.Tests;

/// <summary>
/// Random histories: random options, a collector that answers anything and loses answers, one or two trackers that are
/// closed and opened. A model knows what was stored; nothing of it may be missing but what was counted as dropped.
/// </summary>
public sealed class HistoryTests
{
    private const int Histories = 60;

    [Fact]
    public async Task Nothing_is_lost_but_what_is_counted()
    {
        var seeds = TestSeed.Next();
        for (var i = 0; i < Histories; i++)
        {
            var seed = seeds.Next();
            try
            {
                await RunAsync(new Random(seed));
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                throw new InvalidOperationException($"History {i}, seed {seed}: {failure.Message}", failure);
            }
        }
    }

    private static async Task RunAsync(Random random)
    {
        await using var bench = new Bench();
        var collector = new MoodyCollector(new Random(random.Next()));
        bench.Collector.Script = collector.Answer;
        var events = random.Next(1, 120);
        var queueMax = random.Next(5, 150);
        var batchMax = random.Next(1, 30);
        TrackerProtocol protocol = random.Next(2) == 0 ? new IngestProtocol("shop", "shop-key") : new SnowplowProtocol("app");
        var trackers = Enumerable.Range(0, random.Next(1, 3)).Select(_ => Open()).ToList();
        var stored = new List<string>();
        var refused = 0;
        for (var number = 0; number < events; number++)
        {
            var at = random.Next(trackers.Count);
            if (random.Next(40) == 0)
            {
                await trackers[at].DisposeAsync();
                trackers[at] = Open();
            }
            if (random.Next(10) == 0)
                bench.Clock.Step(TimeSpan.FromSeconds(random.Next(-4_000, 4_000)));
            // Some are always refused by themselves.
            var id = random.Next(15) == 0 ? MoodyCollector.Poison(number) : Bench.Id(number);
            var result = trackers[at].Track("tick", Bench.Data(number, random.Next(3_000)), "iglu:a/b/jsonschema/1-0-0", eventId: id);
            if (result == TrackResult.Stored)
                stored.Add(id);
            else
                refused++;
        }
        collector.IsKind = true;
        foreach (var tracker in trackers)
            await Bench.FlushAsync(tracker);

        var stats = trackers[0].ReadStats();
        Bench.AssertConserved(stats);
        Assert.Equal((stored.Count, 0, refused), (stats.Stored, stats.Pending, stats.DroppedQueueFull));
        var dropped = bench.Dropped.Where(gone => gone.Reason == DropReason.Refused).Select(gone => gone.EventId).ToList();
        var setAside = trackers[0].ReadDeadLetters(events).Select(letter => letter.EventId).ToList();
        Assert.Equal((setAside.Count, dropped.Count), (stats.SetAside, stats.DroppedRefused));
        var arrived = bench.Collector.Received.Select(received => received.Id).Distinct(StringComparer.Ordinal).ToList();
        // What was stored, each in one place, and whatever arrived for the first time did so in the order of tracking.
        Assert.Equal(stored.Order(StringComparer.Ordinal), arrived.Concat(setAside).Concat(dropped).Order(StringComparer.Ordinal));
        Assert.Equal(stored.Where(arrived.Contains), arrived);
        Assert.All(setAside.Concat(dropped), id => Assert.True(MoodyCollector.IsPoison(id), id));

        IngestTracker Open() => bench.Open(options =>
        {
            options.QueueEventsMax = queueMax;
            options.BatchEventsMax = batchMax;
            options.Protocol = protocol;
        });
    }

    /// <summary>Answers what it likes.</summary>
    private sealed class MoodyCollector(Random random)
    {
        private readonly int _eventsMax = random.Next(1, 30);

        /// <summary>Once true it takes everything that can be taken.</summary>
        public bool IsKind { get; set; }

        public static string Poison(int number) => "ffffffff" + Bench.Id(number)[8..^8] + number.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);

        public static bool IsPoison(string id) => id.StartsWith("ffffffff", StringComparison.Ordinal);

        public ScriptedCollector.Outcome Answer(ScriptedCollector.Post post)
        {
            if (post.Events.Any(sent => IsPoison(sent.Id)))
                return new(random.Next(2) == 0 ? 400 : 422);
            if (post.Events.Count > _eventsMax)
                return new(413);
            if (IsKind)
                return new(200);
            return random.Next(8) switch
            {
                0 => new(503, TimeSpan.FromSeconds(random.Next(100))),
                1 => new(500) { IsTaken = random.Next(2) == 0 },
                2 => new(429),
                3 => new(401),
                4 => new(200) { IsAnswerLost = true },
                5 => throw new TaskCanceledException("a time-out"),
                _ => new(random.Next(200, 205)),
            };
        }
    }
}
