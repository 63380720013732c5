namespace Ingest.Tracker;

/// <summary>What became of an event that was tracked.</summary>
public enum TrackResult
{
    /// <summary>It is in the file, and stays there until a collector answered with success.</summary>
    Stored,

    /// <summary>The file has as many events or bytes as it may have. The event was dropped; what was stored before stays.</summary>
    QueueFull,

    /// <summary>It is larger than <see cref="TrackerOptions.EventBytesMax"/>, and was dropped.</summary>
    TooLarge,

    /// <summary>
    /// The file could not be written, as when the disk is full, or the tracker is closed. The event was dropped; where the
    /// disk failed in the middle of a commit it may be stored all the same.
    /// </summary>
    NotStored,
}
