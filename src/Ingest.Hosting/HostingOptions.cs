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

    /// <summary>How long reading a partition may take. 2 Mi ids are 32 MiB.</summary>
    public TimeSpan LoadTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Partitions read from the journal at once: one reader of the journal stays for shipping and status.</summary>
    public int LoadsMax { get; init; } = 3;

    /// <summary>Batches merged and sealed at once: far below what may wait for the journal's writer.</summary>
    public int SealsMax { get; init; } = 128;

    /// <summary>Longest pause before a partition is read again that failed several times in a row; its clients get 503 meanwhile.</summary>
    public TimeSpan ReloadPauseMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long merging and sealing a batch may take.</summary>
    public TimeSpan SealTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often the journal is asked how it is: how late <c>/ready</c> may be on a quiet node.</summary>
    public TimeSpan WatchPeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often blocks are looked for that no partition in memory knows of: how late a late write may ship.</summary>
    public TimeSpan UnsealedPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often ledger rows and shipped batches beyond their retention are dropped.</summary>
    public TimeSpan ForgetPeriod { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a stopping silo may take to hand its work to the others.</summary>
    public TimeSpan LeaveTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a stopping process waits for requests that are under way, before it drains.</summary>
    public TimeSpan RequestDrain { get; init; } = TimeSpan.FromSeconds(5);
}
