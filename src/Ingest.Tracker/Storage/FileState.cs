namespace Ingest.Tracker;

/// <summary>Counts of a file. Read and written within the transaction that changes what it counts.</summary>
internal record struct FileState
{
    public long Stored { get; set; }

    public long Delivered { get; set; }

    public long Pending { get; set; }

    public long PendingBytes { get; set; }

    public long SetAside { get; set; }

    public long SetAsideBytes { get; set; }

    public long DroppedFull { get; set; }

    public long DroppedLarge { get; set; }

    public long DroppedUnstored { get; set; }

    public long DroppedOld { get; set; }

    public long DroppedRefused { get; set; }
}
