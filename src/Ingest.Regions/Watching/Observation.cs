namespace Ingest.Regions;

/// <summary>What a watcher saw at one look.</summary>
/// <param name="At">When, on a clock that only runs forward; its zero means nothing.</param>
/// <param name="IsSelfReady">Whether the watcher's own region can store events.</param>
/// <param name="Other">How the other region answered.</param>
/// <param name="Lever">The lever; null where it cannot be read.</param>
public sealed record Observation(TimeSpan At, bool IsSelfReady, Probe Other, LeverReading? Lever);

/// <summary>How a region answered when asked whether it can store events.</summary>
/// <param name="IsReady">It says that it can.</param>
/// <param name="Why">Why not, or why it is not known; null where it is ready.</param>
/// <param name="Automatic">The setting that its own watcher made and stands by; null where it made none, or gave no answer.</param>
/// <param name="HasAnswered">Whether there was an answer at all.</param>
public sealed record Probe(bool IsReady, string? Why = null, RegionWeights? Automatic = null, bool HasAnswered = true)
{
    /// <summary>A region that gave no answer.</summary>
    public static Probe Unreachable(string why) => new(false, why, HasAnswered: false);
}
