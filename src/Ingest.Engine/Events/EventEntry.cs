namespace Ingest.Engine;

/// <summary>How the original bytes of an event are written into its lake line.</summary>
public enum PayloadKind : byte
{
    /// <summary>A JSON value in valid UTF-8: stands in the line as it is.</summary>
    Json,

    /// <summary>Valid UTF-8 that is not JSON: stands in a quarantine line as a JSON string.</summary>
    Text,

    /// <summary>Other bytes: stand in a quarantine line as base64.</summary>
    Binary,
}

/// <summary>
/// One event of an <see cref="EventBatch"/>: where its parts are in the batch's bytes. Written by a protocol adapter,
/// read by the partition. <see cref="Id"/>, <see cref="Name"/> and <see cref="Schema"/> are the <em>contents of JSON
/// strings</em>: escaped as JSON wants, without quotes, so that they are copied into the lake line as they are.
/// </summary>
public struct EventEntry
{
    /// <summary>Value of a timestamp that the event does not carry.</summary>
    public const long NoTime = long.MinValue;

    public EventEntry()
    {
    }

    /// <summary>The event's id; never empty: adapters assign one where the client sent none.</summary>
    public Slice Id { get; set; }

    /// <summary>Identity of <see cref="Id"/> for deduplication, by <see cref="EventId.Hash"/> of the unescaped id.</summary>
    public UInt128 IdHash { get; set; }

    /// <summary>What kind of event it is, such as <c>page_view</c>; may be empty.</summary>
    public Slice Name { get; set; }

    /// <summary>The schema that the event claims; may be empty.</summary>
    public Slice Schema { get; set; }

    /// <summary>When it happened by the device's clock: Unix milliseconds, or <see cref="NoTime"/>.</summary>
    public long OccurredAt { get; set; } = NoTime;

    /// <summary>When the device sent it by its own clock: Unix milliseconds, or <see cref="NoTime"/>.</summary>
    public long SentAt { get; set; } = NoTime;

    /// <summary>When it happened by a clock the sender vouches for (Snowplow's <c>ttm</c>): Unix milliseconds, or <see cref="NoTime"/>.</summary>
    public long TrueAt { get; set; } = NoTime;

    /// <summary>
    /// When it was received first, where it comes again from a place that kept it: Unix milliseconds, or
    /// <see cref="NoTime"/> where it arrives now. The line says it; hours of the lake and the ledger stay those of arrival.
    /// </summary>
    public long ReceivedAt { get; set; } = NoTime;

    /// <summary>Its own <c>collector</c> value, a JSON object; empty where that of the batch (<see cref="EventBatch.Collector"/>) holds.</summary>
    public Slice Collector { get; set; }

    /// <summary>The event as sent, verbatim.</summary>
    public Slice Payload { get; set; }

    /// <summary>What <see cref="Payload"/> is. Anything but <see cref="PayloadKind.Json"/> must come with an error.</summary>
    public PayloadKind Kind { get; set; }

    /// <summary>First of this event's entries in <see cref="EventBatch.Checks"/>.</summary>
    public int FirstCheck { get; set; }

    /// <summary>Number of this event's entries in <see cref="EventBatch.Checks"/>.</summary>
    public int CheckCount { get; set; }

    /// <summary>Errors found while the protocol was read; null where there are none.</summary>
    public List<EventError>? Errors { get; set; }
}

/// <summary>A JSON document of an event that is to be validated against a schema.</summary>
/// <param name="Schema">The schema's URI as plain UTF-8, such as <c>iglu:com.acme/signup/jsonschema/1-0-0</c>.</param>
/// <param name="Instance">The JSON document.</param>
/// <param name="Where">JSON Pointer of the document within the event as sent: the prefix of every error's location.</param>
public readonly record struct SchemaCheck(Slice Schema, Slice Instance, string Where);
