namespace Ingest.Storage;

/// <summary>How a <see cref="SqliteSpill"/> is opened, with its limits.</summary>
public sealed record SpillOptions
{
    /// <summary>The folder that holds the spill and nothing else; made where it does not exist.</summary>
    public required string Folder { get; init; }

    /// <summary>Bytes of events that it takes at most. 1 GiB are six minutes at 5,000 events a second of 500 bytes; the fail-over of a database takes one.</summary>
    public long BytesMax { get; init; } = 1L << 30;

    /// <summary>Free bytes of the file system that it leaves to others, beyond what its write-ahead log needs when it is copied.</summary>
    public long ReserveBytes { get; init; } = 64L << 20;

    /// <summary>Writes that may wait for the disk; beyond it they are refused. As many as requests may be in flight.</summary>
    public int QueueMax { get; init; } = 4_096;

    /// <summary>Tells the free bytes of the file system; null asks the operating system.</summary>
    public Func<long>? FreeBytes { get; init; }

    /// <summary>Called with one sentence when something is damaged, or the disk fails. From any thread; must not throw.</summary>
    public Action<string>? OnFault { get; init; }

    /// <summary>Called on the writer thread before each COMMIT, for tests: what it throws counts as thrown by COMMIT.</summary>
    internal Action? OnCommit { get; init; }
}
