namespace Ingest.Regions;

/// <summary>When a watcher moves the lever.</summary>
public sealed record WatcherOptions
{
    /// <summary>Whether it moves the lever at all; else it only looks.</summary>
    public bool IsAutomatic { get; init; }

    /// <summary>Time between two looks.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the other region may take to answer, and the lever to be read or moved.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a region must be down without a break before traffic leaves it: longer than a restart of its balancer.</summary>
    public TimeSpan DownAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it must be ready without a break before traffic comes back.</summary>
    public TimeSpan UpAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Least time between two changes of the lever, whoever made the first.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Percentages of its normal weight over which traffic comes back, rising; empty for all at once.</summary>
    public IReadOnlyList<int> Steps { get; init; } = [];

    /// <summary>A gap between two looks after which what was seen before says nothing of now: the process stood still.</summary>
    public TimeSpan GapMax => 5 * (Period + Timeout);
}
