namespace Ingest.Tracker;

/// <summary>An event of the file.</summary>
/// <param name="Seq">Its place: a later event has a higher one, and none is ever used again.</param>
/// <param name="IsRequeued">True where somebody put it back after it had been refused: it is never too old.</param>
internal sealed record QueuedEvent(long Seq, EventBody Body, EventTime Time, bool IsRequeued = false)
{
    public DroppedEvent Dropped(DropReason reason) => new(reason, Body, DateTimeOffset.FromUnixTimeMilliseconds(Time.OccurredAt));
}
