using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>Limits of every runtime, beside those of the engine.</summary>
public sealed record HostingOptions
{
    /// <summary>How often due partitions are looked for. A seal comes at most this late.</summary>
    public TimeSpan TickPeriod { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long counts without events (all duplicates) wait for company before they are written by themselves.</summary>
    public TimeSpan CountsAge { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Quiet time after which a partition with nothing open leaves memory. Loading it again is one read.</summary>
    public TimeSpan IdleAge { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Ids that all partitions of the process remember together for deduplication: 32 bytes each, 256 MiB. Where they want more, the longest windows shrink.</summary>
    public long DedupeIdsTotalMax { get; init; } = 8_000_000;

    /// <summary>How long reading a partition may take. 2 Mi ids are 32 MiB.</summary>
    public TimeSpan LoadTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Partitions read from the journal at once: one reader of the journal stays for shipping and status.</summary>
    public int LoadsMax { get; init; } = 3;

    /// <summary>Batches merged and sealed at once: far below what may wait for the journal's writer.</summary>
    public int SealsMax { get; init; } = 128;

    /// <summary>Longest pause before a partition is read again that failed several times in a row; its clients get 503 meanwhile.</summary>
    public TimeSpan ReloadPauseMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// True where another process may host the same partition: an instance that was fenced takes nothing more, so that
    /// events reach the one that wrote. Else it is read anew.
    /// </summary>
    public bool StepsDownWhenFenced { get; init; }

    /// <summary>Length of a window in which a partition's load is judged.</summary>
    public TimeSpan PressureWindow { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Windows on end in which a partition must be busy before its source is worth splitting: half a minute.</summary>
    public int PressureWindows { get; init; } = 6;

    /// <summary>Share of one core above which a partition is busy.</summary>
    public double PressureShare { get; init; } = 0.75;

    /// <summary>Requests whose events are judged at once, outside the turns of partitions: one processor stays for all else.</summary>
    public int JudgesMax { get; init; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>How long the events of one request are judged so. A usual one takes a tenth of a millisecond.</summary>
    public TimeSpan JudgeTime { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long a request looks for a partition that moved before it is answered 503. Below the patience of clients.</summary>
    public TimeSpan RouteTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>First pause between two tries to reach a partition; doubles up to <see cref="RoutePauseMax"/>.</summary>
    public TimeSpan RoutePauseMin { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Longest pause between two tries to reach a partition.</summary>
    public TimeSpan RoutePauseMax { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a partition that is to move may store what it took.</summary>
    public TimeSpan MoveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long merging and sealing a batch may take.</summary>
    public TimeSpan SealTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often the journal is asked how it is: how late <c>/ready</c> may be on a quiet node.</summary>
    public TimeSpan WatchPeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often blocks and batches are looked for that nobody in memory knows of: how late a late write may ship.</summary>
    public TimeSpan UnsealedPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a spill is looked at whether there is anything to drain; the first rest of a source that could not be drained.</summary>
    public TimeSpan SpillPeriod { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Offers that the journal failed on end, and took no other meanwhile, after which all new events go to the spill without a
    /// try. A single one may be of a partition that is slow to load; each is spilled by itself.
    /// </summary>
    public int SpillFailuresMax { get; init; } = 4;

    /// <summary>Spilled requests offered to the journal at once: few enough that live ones wait for one commit more at most.</summary>
    public int SpillDrainBatches { get; init; } = 64;

    /// <summary>Bytes of spilled requests offered at once, unless a single one is larger: one call to another silo.</summary>
    public int SpillDrainBytes { get; init; } = 1 << 20;

    /// <summary>Longest rest of a drain between two rounds, and of a source that could not be drained.</summary>
    public TimeSpan SpillPauseMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest rest of a single spilled request that the journal did not take; the first is <see cref="SpillPauseMax"/>.</summary>
    public TimeSpan SpillRestMax { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Spilled requests that may rest at once, so that those behind them go on; all are passed over in every read. Beyond, sources wait for their oldest.</summary>
    public int SpillRestingMax { get; init; } = 1_024;

    /// <summary>How often the configuration is compared with the numbers of partitions that sources have: how late one is raised, or a raise that failed is tried again.</summary>
    public TimeSpan SplitPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long raising a number may take. A window of two million ids takes up to 10 s.</summary>
    public TimeSpan SplitTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often hours are looked for that are over and complete: how late a manifest may be.</summary>
    public TimeSpan ManifestPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest pause after manifests could not be written; the first is <see cref="ManifestPeriod"/>, and they double.</summary>
    public TimeSpan ManifestPauseMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often ledger rows and shipped batches beyond their retention are dropped.</summary>
    public TimeSpan ForgetPeriod { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often a receiver looks whether it was promoted, and how long a start waits for the first look. A look may take a minute.</summary>
    public TimeSpan RolePeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a primary without a backlog looks whether there is one: its last relay objects may ship after its promotion.</summary>
    public TimeSpan QuietBridgePeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Chunks, pace and pauses of the bridge.</summary>
    public RelayLimits Relays { get; init; } = new();

    /// <summary>How long a stopping silo may take to hand its work to the others.</summary>
    public TimeSpan LeaveTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a stopping process waits for requests that are under way, before it drains.</summary>
    public TimeSpan RequestDrain { get; init; } = TimeSpan.FromSeconds(5);
}
