namespace Ingest.Storage;

/// <summary>How a <see cref="SqliteJournal"/> is opened.</summary>
public sealed record SqliteJournalOptions
{
    /// <summary>The folder that holds the journal and nothing else; made where it does not exist.</summary>
    public required string Folder { get; init; }

    /// <summary>
    /// Opens beside a running owner, for audit and status: nothing is written, every write is refused, and the owner keeps
    /// its lock. The journal must exist.
    /// </summary>
    public bool ReadOnly { get; init; }

    /// <summary>
    /// Free bytes of the file system that stay for shipping, beyond what the write-ahead log needs when it is copied: below
    /// it appends are refused, while seals and confirms go on. 64 MiB holds what shipping writes before space comes back.
    /// </summary>
    public long ReserveBytes { get; init; } = 64L << 20;

    /// <summary>Tells the free bytes of the file system; null asks the operating system. Asked about once a second, or every 4 MiB.</summary>
    public Func<long>? FreeBytes { get; init; }

    /// <summary>
    /// Size of the write-ahead log at which it is begun anew. Its blocks are reused in place, which makes a commit's sync
    /// cheaper than in a log that grows. While a reader holds an old state (an audit) the log may grow beyond.
    /// </summary>
    public long WalBytesMax { get; init; } = 64L << 20;

    /// <summary>Appends that may wait for the writer; beyond it they are refused. Some seconds of work of a slow disk.</summary>
    public int QueueAppendsMax { get; init; } = 4_096;

    /// <summary>Bytes that waiting appends may hold in memory; beyond it they are refused.</summary>
    public long QueueBytesMax { get; init; } = 128L << 20;

    /// <summary>Size of journal.db up to which its structure is checked when it is opened: 64 MiB take some 100 ms.</summary>
    public long CheckAtOpenBytesMax { get; init; } = 64L << 20;

    /// <summary>Called from a background thread, with one sentence, when a checkpoint or giving back space fails. It will be tried again.</summary>
    public Action<string>? OnFault { get; init; }

    /// <summary>Most pages of journal.db, for tests of a full disk: SQLite then answers as a full disk does. 0 for no bound.</summary>
    internal int PagesMax { get; init; }

    /// <summary>
    /// Rows of new heads at which all are folded into the table of partitions: with ten thousand partitions some 10 ms that
    /// writes wait, and a twentieth of the pages that as many commits would rewrite. Less in tests, so that it happens there.
    /// </summary>
    internal int NewHeadsMax { get; init; } = 2_048;

    /// <summary>Rows of ids that are looked at in one step for those that are over: some milliseconds that writes wait.</summary>
    internal int IdRowsPerStep { get; init; } = 2_048;

    /// <summary>Bytes of ids that a step deletes, from which on it leaves the rest to the next: some milliseconds where a run has hundreds of ids.</summary>
    internal long IdBytesPerStep { get; init; } = 256 << 10;

    /// <summary>Blocks of confirmed batches, or pieces of merged ones, that are deleted in one step.</summary>
    internal int FreedRowsPerStep { get; init; } = 48;

    /// <summary>Bytes of their bodies that are deleted in one step, if it is not a single one.</summary>
    internal long FreedBytesPerStep { get; init; } = 1 << 20;

    /// <summary>Blocks or pieces of a batch up to which they are deleted with its confirmation: as fast as writing down that they are to go.</summary>
    internal int FreedAtOnceRowsMax { get; init; } = 16;

    /// <summary>Called on the writer thread before each COMMIT, for tests of a commit that fails: what it throws counts as thrown by COMMIT.</summary>
    internal Action? OnCommit { get; init; }

    /// <summary>The same before each COMMIT of housekeeping.</summary>
    internal Action? OnHousekeeping { get; init; }
}
