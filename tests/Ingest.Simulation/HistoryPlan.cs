using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Simulation;

/// <summary>What a history is like: how large, under which limits, and which faults come. All of it follows from the seed.</summary>
internal sealed record HistoryPlan
{
    /// <summary>The single process, or a cluster.</summary>
    public required bool IsCluster { get; init; }

    /// <summary>Processes at once.</summary>
    public required int Processes { get; init; }

    public required int Lanes { get; init; }

    /// <summary>Sources, and their first number of partitions.</summary>
    public required IReadOnlyDictionary<string, int> Sources { get; init; }

    public required int Trackers { get; init; }

    /// <summary>Events of one tracker.</summary>
    public required int EventsOfTracker { get; init; }

    /// <summary>Longest pause between two events of a tracker that has nothing to send.</summary>
    public required TimeSpan EventPauseMax { get; init; }

    /// <summary>How long things go wrong.</summary>
    public required TimeSpan Chaos { get; init; }

    /// <summary>Longest pause between two faults; null where nothing goes wrong.</summary>
    public required TimeSpan? FaultPauseMax { get; init; }

    /// <summary>Share of calls to the journal, to the lake and between processes that meet a fault while things go wrong.</summary>
    public required double CallFaults { get; init; }

    /// <summary>Time after the hour at which the history begins.</summary>
    public required TimeSpan ClockOffset { get; init; }

    /// <summary>How wrong wall clocks are at most, and step; zero where all are right.</summary>
    public required TimeSpan ClockErrorMax { get; init; }

    public required Limits Limits { get; init; }

    public required HostingOptions Options { get; init; }

    /// <summary>Requests that a process takes at once.</summary>
    public required int RequestsMax { get; init; }

    /// <summary>Bytes that the spill of a silo takes; null where silos have none. The single process never has one.</summary>
    public required long? SpillBytesMax { get; init; }

    /// <summary>Bytes of requests that a process takes at once.</summary>
    public long RequestBytesMax { get; init; } = 1 << 20;

    /// <summary>Puts of a process at once. A lane that was stopped may still be ending its own.</summary>
    public int PutsMax => IsCluster ? 2 * Lanes * Limits.ShipConcurrency : Limits.ShipConcurrency;

    public static HistoryPlan Draw(Chance chance)
    {
        var isCluster = chance.Happens(0.7);
        var sources = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = chance.Of(1, 1, 2, 3); i > 0; i--)
            sources[$"app{i}"] = chance.Of(1, 1, 2, 3);
        var hasFaults = !chance.OneIn(12);
        var chaos = chance.Skewed(TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(5));
        return new HistoryPlan
        {
            IsCluster = isCluster,
            Processes = isCluster ? chance.Of(1, 2, 2, 3, 4) : 1,
            Lanes = isCluster ? chance.Of(1, 2, 3) : 1,
            Sources = sources,
            Trackers = chance.Of(1, 2, 3, 4, 5),
            EventsOfTracker = chance.Of(3, 10, 20, 40),
            EventPauseMax = chaos / chance.Of(2, 5, 20),
            Chaos = chaos,
            FaultPauseMax = hasFaults ? chaos / chance.Of(1, 3, 8, 20) : null,
            CallFaults = hasFaults ? chance.Of(0, 0, 0.01, 0.05, 0.2) : 0,
            ClockOffset = chance.OneIn(2) ? TimeSpan.FromHours(1) - (chaos * chance.Random.NextDouble()) : TimeSpan.Zero,
            // Blocks that a silo stamped in the future and left behind are not looked for before that time comes.
            ClockErrorMax = !hasFaults || !chance.OneIn(3) ? TimeSpan.Zero : TimeSpan.FromMinutes(isCluster ? 4 : 180),
            Limits = DrawLimits(chance),
            Options = DrawOptions(chance, isCluster),
            RequestsMax = chance.Of(1, 4, 1_000),
            SpillBytesMax = isCluster && chance.Happens(0.7) ? chance.Of(300, 1_000, 10_000, 1 << 20) : null,
        };
    }

    /// <summary>How wrong a wall clock is.</summary>
    public TimeSpan DrawClockError(Chance chance) =>
        chance.Of(1, -1) * chance.Skewed(TimeSpan.FromMilliseconds(1), ClockErrorMax);

    private static Limits DrawLimits(Chance chance)
    {
        var retryMax = chance.Of(2, 30);
        var concurrency = chance.Of(1, 2, 8);
        return new Limits
        {
            BlockLineBytesMax = chance.Of(1_024, 4_096, 1 << 20),
            CompressAheadLineBytes = chance.Of(1, 1_000, 64 << 10),
            DedupeIdsMax = chance.Of(8, 100, 2_000_000, 2_000_000),
            DedupeAgeMax = chance.Of(TimeSpan.FromMinutes(5), TimeSpan.FromHours(24), TimeSpan.FromHours(24), TimeSpan.FromHours(24)),
            SealBytes = chance.Of(1, 1_500, 64 << 20, 64 << 20),
            SealAge = TimeSpan.FromSeconds(chance.Of(2, 10, 30)),
            SealBlocks = chance.Of(1, 3, 20_000, 20_000),
            MergeBelowLineBytes = chance.Of(0, 16 << 10),
            JournalTimeout = TimeSpan.FromSeconds(chance.Of(1, 4)),
            ShipConcurrency = concurrency,
            ShipWindow = chance.Of(concurrency, 16, 64),
            ShipSetAsideMax = chance.Of(0, 1_000),
            ShipBufferBytes = chance.Of(0, 4 << 20),
            PutTimeout = TimeSpan.FromSeconds(chance.Of(5, 60, 300)),
            RetryPauseMax = TimeSpan.FromSeconds(retryMax),
            BreakerFailures = chance.Of(1, 2, 5),
            // Short, so that many histories close an hour while events of it are under way.
            HourGrace = TimeSpan.FromSeconds(10),
        };
    }

    private static HostingOptions DrawOptions(Chance chance, bool isCluster) => new()
    {
        TickPeriod = TimeSpan.FromMilliseconds(chance.Of(200, 500, 1_000)),
        IdleAge = TimeSpan.FromSeconds(chance.Of(5, 20, 60)),
        LoadTimeout = TimeSpan.FromSeconds(chance.Of(5, 30)),
        LoadsMax = chance.Of(1, 3),
        SealsMax = chance.Of(1, 128),
        StepsDownWhenFenced = isCluster,
        RouteTimeout = TimeSpan.FromSeconds(chance.Of(2, 8)),
        MoveTimeout = TimeSpan.FromSeconds(chance.Of(1, 10)),
        SealTimeout = TimeSpan.FromSeconds(chance.Of(5, 60)),
        WatchPeriod = TimeSpan.FromSeconds(chance.Of(1, 5, 10)),
        UnsealedPeriod = TimeSpan.FromSeconds(chance.Of(10, 60)),
        SpillFailuresMax = chance.Of(1, 4),
        SpillDrainBatches = chance.Of(1, 4, 64),
        SpillDrainBytes = chance.Of(1_000, 1 << 20),
        SpillRestingMax = chance.Of(1, 1_024),
        ManifestPeriod = TimeSpan.FromSeconds(5),
        ManifestPauseMax = TimeSpan.FromSeconds(20),
    };
}
