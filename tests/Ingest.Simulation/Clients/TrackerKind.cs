namespace Ingest.Simulation;

/// <summary>How a tracker of the field retries: what it counts as sent, what it drops, and how long it pauses.</summary>
/// <param name="Name">For the trace.</param>
/// <param name="Timeout">When it gives an answer up.</param>
/// <param name="BatchMax">Most events in a request.</param>
/// <param name="TriesMax">Tries of one request after which it drops its events.</param>
/// <param name="PauseMin">Pause after the first failure.</param>
/// <param name="PauseMax">Longest pause; longer ones of the field are cut, for they add nothing but waiting.</param>
/// <param name="Doubles">True where the pause doubles with each failure, else any between the two.</param>
internal sealed record TrackerKind(
    string Name, TimeSpan Timeout, int BatchMax, int TriesMax, TimeSpan PauseMin, TimeSpan PauseMax, bool Doubles)
{
    private const int Ok = 200;

    /// <summary>The trackers of Snowplow, Segment, RudderStack and PostHog, by what their sources say.</summary>
    public static IReadOnlyList<TrackerKind> All { get; } =
    [
        // No back-off: the next event of the page triggers the next try.
        new("js-web", Seconds(5), 1, int.MaxValue, Seconds(0.2), Seconds(10), false),
        new("js-node", Seconds(5), 10, int.MaxValue, Seconds(0.2), Seconds(10), false),
        new("android", Seconds(30), 25, int.MaxValue, Seconds(1), Seconds(5), false),
        new("java", Seconds(10), 50, int.MaxValue, Seconds(0.1), Seconds(60), true),
        new("python", Seconds(10), 10, int.MaxValue, Seconds(1), Seconds(60), true),
        new("c++", Seconds(10), 10, int.MaxValue, Seconds(0.1), Seconds(60), true),
        new("go", Seconds(5), 20, int.MaxValue, Seconds(0.5), Seconds(15), false),
        new("dotnet", Seconds(10), 100, int.MaxValue, Seconds(5), Seconds(30), false),
        new("rust", Seconds(10), 10, 10, Seconds(0.1), Seconds(60), true),
        new("segment", Seconds(10), 20, 10, Seconds(0.1), Seconds(60), true),
        new("rudder", Seconds(30), 100, 10, Seconds(1), Seconds(60), true),
        new("posthog", Seconds(10), 20, 3, Seconds(3), Seconds(3), true),
    ];

    public static bool IsSuccess(int status) => status == Ok;

    public TimeSpan PauseAfter(int failures, Chance chance) => Doubles
        ? TimeSpan.FromTicks(Math.Min(PauseMax.Ticks, PauseMin.Ticks << Math.Min(failures - 1, 12)))
        : chance.Between(PauseMin, PauseMax);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
