namespace Ingest.Tracker;

/// <summary>An event of the file.</summary>
/// <param name="Seq">Its place: a later event has a higher one, and none is ever used again.</param>
internal sealed record QueuedEvent(long Seq, EventBody Body, EventTime Time)
{
    public DroppedEvent Dropped(DropReason reason) => new(reason, Body, DateTimeOffset.FromUnixTimeMilliseconds(Time.OccurredAt));
}
