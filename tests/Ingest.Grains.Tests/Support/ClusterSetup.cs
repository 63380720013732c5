using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Grains.Tests;

/// <summary>What a test wants of its cluster.</summary>
internal sealed record ClusterSetup
{
    /// <summary>Patient with a busy machine. A call that is lost while silos come and go is made again, as in the product.</summary>
    public static readonly GrainOptions Patient = new()
    {
        CallTimeout = TimeSpan.FromSeconds(15),
        StatusTimeout = TimeSpan.FromMinutes(1),
        CountsPause = TimeSpan.FromMilliseconds(50),
    };

    public int Silos { get; init; } = 3;

    /// <summary>Sources by name, with the numbers of partitions that the configuration says.</summary>
    public IReadOnlyDictionary<string, int> Sources { get; init; } =
        new Dictionary<string, int>(StringComparer.Ordinal) { ["shop"] = 1, ["blog"] = 1 };

    /// <summary>Seals quickly, so that tests see the lake soon.</summary>
    public Limits Limits { get; init; } = new()
    {
        SealAge = TimeSpan.FromMilliseconds(300),
        RetryPauseMin = TimeSpan.FromMilliseconds(10),
        RetryPauseMax = TimeSpan.FromMilliseconds(500),
        // A machine that is busy with other tests must not look like a journal or a silo that does not answer.
        JournalTimeout = TimeSpan.FromMinutes(1),
    };

    public HostingOptions Hosting { get; init; } = new()
    {
        StepsDownWhenFenced = true,
        TickPeriod = TimeSpan.FromMilliseconds(20),
        CountsAge = TimeSpan.FromMilliseconds(200),
        UnsealedPeriod = TimeSpan.FromMinutes(10),
        // A silo that died is noticed within seconds: nobody is answered 503 meanwhile.
        RouteTimeout = TimeSpan.FromMinutes(1),
    };

    public GrainOptions Grains { get; init; } = Patient;

    /// <summary>The way to the primary, where the cluster is a receiver; null for a lone region.</summary>
    public IRelayLink? Primary { get; init; }
}
