namespace Ingest.Tracker;

/// <summary>An event that was dropped, for the application to keep elsewhere or to log.</summary>
public sealed class DroppedEvent
{
    internal DroppedEvent(DropReason reason, EventBody body, DateTimeOffset occurredAt)
    {
        Reason = reason;
        EventId = body.Id;
        Name = body.Name;
        Schema = body.Schema;
        Data = body.Data;
        OccurredAt = occurredAt;
    }

    public DropReason Reason { get; }

    public string EventId { get; }

    public string Name { get; }

    /// <summary>The Iglu URI of its schema; null where it has none.</summary>
    public string? Schema { get; }

    /// <summary>Its data as tracked: JSON in UTF-8.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>When it happened, by the device's clock.</summary>
    public DateTimeOffset OccurredAt { get; }
}
