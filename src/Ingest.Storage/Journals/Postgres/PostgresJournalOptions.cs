namespace Ingest.Storage;

/// <summary>How a <see cref="PostgresJournal"/> is opened. All times are above zero.</summary>
public sealed record PostgresJournalOptions
{
    /// <summary>As Npgsql takes it: <c>Host=…;Port=…;Username=…;Password=…;Database=…</c>. The database must be migrated.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Opens for audit and status: nothing is written, every write is refused, generations are left to others.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>
    /// Opens although the server may lose what it committed: <c>fsync</c>, <c>full_page_writes</c> or
    /// <c>synchronous_commit</c> is off. Only for data that may be lost.
    /// </summary>
    public bool AllowUnsafeServer { get; init; }

    /// <summary>Connections to the server at most: two or three commit, one keeps the generations, the others read.</summary>
    public int ConnectionsMax { get; init; } = 16;

    /// <summary>How long connecting may take. A server that is gone refuses at once; this is for one that does not answer.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one step of a commit may take; whole seconds. Below the engine's <c>JournalTimeout</c>, after which nobody waits for it.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long one statement of a read may take; whole seconds. 32 MiB of ids over 10 Mbit/s take 27 s.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a commit waits for a partition that another process writes. Then those writes are refused, and their neighbours go on.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Groups of appends that may be in commit at once, 1 to 8, where enough waits for more than one; seals and confirmations have one more of their own.</summary>
    public int CommitsInFlight { get; init; } = 2;

    /// <summary>Appends that may wait; beyond it they are refused. Some seconds of work of a slow server.</summary>
    public int QueueAppendsMax { get; init; } = 4_096;

    /// <summary>Bytes that waiting appends may hold in memory; beyond it they are refused.</summary>
    public long QueueBytesMax { get; init; } = 128L << 20;

    /// <summary>Size after which a generation is closed. 256 MiB come back at once when its last batch is shipped.</summary>
    public long GenerationBytesMax { get; init; } = 256L << 20;

    /// <summary>Age after which a generation that holds anything is closed: how long a quiet journal holds on to space.</summary>
    public TimeSpan GenerationAgeMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Time after its closing when what is still needed of a generation is moved to the open one, so that one source that is
    /// stuck does not hold the space of all others. Most batches ship long before.
    /// </summary>
    public TimeSpan EvacuateAfter { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Share of a generation's bytes, 0 to 1, up to which what is still needed is moved. Above it, as in an outage of the lake,
    /// moving would write much to free little.
    /// </summary>
    public double EvacuateShareMax { get; init; } = 0.25;

    /// <summary>How long partitions remember ids, as the engine's <c>DedupeAgeMax</c>: ids of partitions that went silent are dropped after twice that.</summary>
    public TimeSpan DedupeAgeMax { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How often generations are looked after. A generation grows beyond its size by what is written in this time.</summary>
    public TimeSpan MaintenancePeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Called from a background task, with one sentence, when looking after the generations fails. It will be tried again.</summary>
    public Action<string>? OnFault { get; init; }
}
