namespace Ingest.Tracker;

/// <summary>An event on its way into the file.</summary>
internal sealed class PendingTrack(EventBody body, EventTime time)
{
    public EventBody Body { get; } = body;

    public EventTime Time { get; } = time;

    /// <summary>Set within the transaction; valid once <see cref="IsDone"/>.</summary>
    public TrackResult Result { get; set; } = TrackResult.NotStored;

    /// <summary>True once the commit is over.</summary>
    public bool IsDone { get; set; }

    public DroppedEvent Dropped(DropReason reason) => new QueuedEvent(0, Body, Time).Dropped(reason);
}
