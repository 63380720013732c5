using Ingest.Engine;
using Ingest.Regions;

namespace Ingest.Simulation;

/// <summary>What a history of two regions is like. All of it follows from the seed.</summary>
internal sealed record RegionsPlan
{
    public const string East = "east";
    public const string West = "west";

    /// <summary>The primary and the receiver.</summary>
    public required IReadOnlyDictionary<string, HistoryPlan> Regions { get; init; }

    public required WatcherOptions Watching { get; init; }

    /// <summary>Weights while both are well.</summary>
    public required RegionWeights Normal { get; init; }

    /// <summary>Share of requests that go where the lever does not send them: names that were resolved long ago.</summary>
    public required double Strays { get; init; }

    /// <summary>Longest pause between two faults of regions, of the line between them and of the lever.</summary>
    public required TimeSpan FaultPauseMax { get; init; }

    /// <summary>The receiver is promoted some time.</summary>
    public required bool IsPromoted { get; init; }

    public static RegionsPlan Draw(Chance chance)
    {
        var chaos = chance.Skewed(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(8));
        var relays = new RelayLimits
        {
            ChunkLinesMax = chance.Of(1, 3, 1_000),
            ChunkBytesMax = chance.Of(200, 1 << 20),
            WindowMax = chance.Of(1, 1_000),
            // An object that rests must be back before the history ends.
            RestMin = TimeSpan.FromSeconds(5),
            RestMax = TimeSpan.FromMinutes(1),
        };
        var east = HistoryPlan.Draw(chance) with
        {
            Chaos = chaos,
            Trackers = chance.Of(2, 3, 5),
            EventsOfTracker = chance.Of(10, 20, 40),
        };
        var receiving = east.Sources.ToDictionary(source => RelaySource.Of(source.Key), _ => chance.Of(1, 1, 2), StringComparer.Ordinal);
        var west = HistoryPlan.Draw(chance);
        west = west with
        {
            Options = west.Options with { Relays = relays },
            Chaos = chaos,
            ClockOffset = east.ClockOffset,
            // Its own sources have partitions once it is promoted.
            Sources = receiving.Concat(east.Sources).ToDictionary(StringComparer.Ordinal),
        };
        var share = chance.Of(95, 80, 50, 20);
        return new RegionsPlan
        {
            Regions = new Dictionary<string, HistoryPlan>(StringComparer.Ordinal) { [East] = east, [West] = west },
            Watching = new WatcherOptions
            {
                IsAutomatic = true,
                DownAfter = TimeSpan.FromSeconds(chance.Of(10, 30)),
                UpAfter = TimeSpan.FromSeconds(chance.Of(20, 60)),
                Hold = TimeSpan.FromSeconds(chance.Of(30, 180)),
                Steps = chance.OneIn(2) ? [50] : [],
            },
            Normal = new RegionWeights([new(East, share), new(West, 100 - share)]),
            Strays = chance.Of(0, 0.2, 0.5),
            FaultPauseMax = chaos / chance.Of(1, 3, 8),
            IsPromoted = chance.OneIn(5),
        };
    }
}
