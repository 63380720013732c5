namespace Ingest.Tracker;

/// <summary>An event that a collector refused by itself. It was set aside in the file, so that those behind it go on.</summary>
public sealed class DeadLetter
{
    internal DeadLetter(EventBody body, DateTimeOffset occurredAt, int status, DateTimeOffset refusedAt)
    {
        EventId = body.Id;
        Name = body.Name;
        Schema = body.Schema;
        Data = body.Data;
        OccurredAt = occurredAt;
        Status = status;
        RefusedAt = refusedAt;
    }

    public string EventId { get; }

    public string Name { get; }

    /// <summary>The Iglu URI of its schema; null where it has none.</summary>
    public string? Schema { get; }

    /// <summary>Its data as tracked: JSON in UTF-8.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>When it happened, by the device's clock.</summary>
    public DateTimeOffset OccurredAt { get; }

    /// <summary>The HTTP status with which it was refused: 400, 413 or 422.</summary>
    public int Status { get; }

    /// <summary>When it was refused, by the device's clock.</summary>
    public DateTimeOffset RefusedAt { get; }
}
