using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>
/// Reads the envelope of a tracker's POST:
/// <code>{"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":[ITEM, …]}</code>
/// Other members are ignored, as Snowplow's enrichment does.
/// </summary>
public static class TrackerPayload
{
    /// <summary>Finds the items.</summary>
    /// <param name="body">The body.</param>
    /// <param name="eventsMax">Items after which reading stops; one more than this is found then.</param>
    /// <param name="items">Receives them, in order.</param>
    /// <param name="errors">Counts what is wrong with them.</param>
    /// <returns>What is wrong with the body as a whole, or null.</returns>
    public static EventError? Read(
        ReadOnlySpan<byte> body, int eventsMax, PooledList<TrackerItem> items, RequestErrors errors)
    {
        var start = JsonScan.Start(body);
        var reader = new Utf8JsonReader(body[start..], JsonScan.BodyOptions);
        try
        {
            return ReadEnvelope(ref reader, start, eventsMax, items, errors) is { } problem
                ? new EventError("", EventRules.Protocol, problem)
                : null;
        }
        catch (JsonException e)
        {
            return new EventError("", EventRules.NotJson, e.Message);
        }
    }

    private static string? ReadEnvelope(
        ref Utf8JsonReader reader, int offset, int eventsMax, PooledList<TrackerItem> items, RequestErrors errors)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return "a tracker payload is a JSON object with the members schema and data";
        Span<byte> scratch = stackalloc byte[128];
        var isPayload = false;
        var hasData = false;
        var deepest = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = JsonScan.Name(reader, scratch);
            var isSchema = name.SequenceEqual("schema"u8);
            var isData = name.SequenceEqual("data"u8);
            reader.Read();
            // What stands in the other one would be lost.
            if (isData && hasData)
                return "it has data twice";
            hasData |= isData;
            if (isSchema && reader.TokenType == JsonTokenType.String)
                isPayload = IgluUri.IsPayloadData(JsonScan.Name(reader, scratch));
            else if (isData && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(TrackerItem.Read(ref reader, offset, errors));
                    if (items.Count > eventsMax)
                        return null;
                }
            }
            else
                JsonScan.Value(ref reader, ref deepest);
        }
        // Throws where anything but white space follows.
        reader.Read();
        return !isPayload ? "its schema is not payload_data 1-0-x of com.snowplowanalytics.snowplow"
            : items.Count == 0 ? "its data is not an array of at least one event"
            : null;
    }
}
