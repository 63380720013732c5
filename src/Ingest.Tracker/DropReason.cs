namespace Ingest.Tracker;

/// <summary>Why an event was dropped.</summary>
public enum DropReason
{
    /// <summary>The file had as many events or bytes as it may have when the event was tracked.</summary>
    QueueFull,

    /// <summary>It was larger than <see cref="TrackerOptions.EventBytesMax"/>.</summary>
    TooLarge,

    /// <summary>The file could not be written.</summary>
    NotStored,

    /// <summary>It waited longer than <see cref="TrackerOptions.AgeMax"/>.</summary>
    TooOld,

    /// <summary>It had been refused and set aside, and made room for a new event.</summary>
    Refused,
}
