namespace Ingest.Tracker;

/// <summary>
/// Counts of a file since it was made, over all processes that used it. It always holds that <c>Stored = Delivered +
/// Pending + SetAside + DroppedTooOld + DroppedRefused</c>.
/// </summary>
public sealed record TrackerStats
{
    /// <summary>Events that were put into the file.</summary>
    public long Stored { get; internal set; }

    /// <summary>Events that were answered with success.</summary>
    public long Delivered { get; internal set; }

    /// <summary>Events that wait to be sent.</summary>
    public long Pending { get; internal set; }

    /// <summary>Bytes of the events that wait.</summary>
    public long PendingBytes { get; internal set; }

    /// <summary>Events that were refused by themselves and are kept aside.</summary>
    public long SetAside { get; internal set; }

    /// <summary>Bytes of the events set aside.</summary>
    public long SetAsideBytes { get; internal set; }

    /// <summary>Events dropped because the file was full.</summary>
    public long DroppedQueueFull { get; internal set; }

    /// <summary>Events dropped because they were too large.</summary>
    public long DroppedTooLarge { get; internal set; }

    /// <summary>Events dropped because the file could not be written. Exact in one process; what it could not write down is gone with it.</summary>
    public long DroppedNotStored { get; internal set; }

    /// <summary>Events dropped because they waited too long.</summary>
    public long DroppedTooOld { get; internal set; }

    /// <summary>Events that had been set aside and made room for new ones.</summary>
    public long DroppedRefused { get; internal set; }

#if NET
    /// <summary>Lists of regions that were not taken, by this process: unreadable, badly signed, expired, or older than the one known.</summary>
    public long RegionListsRefused { get; internal set; }
#endif

    /// <summary>Why the last try of this process did not deliver; null where it did, or where there was none.</summary>
    public string? Problem { get; internal set; }
}
