using System.Text.Unicode;
using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Bench.Parts;

/// <summary>Bodies of the bench's workloads, and how the collector reads them.</summary>
internal static class ParsedEvents
{
    private const int EventsMax = 50_000;
    private const int AppendBytes = 1024;

    private static readonly Source Source = new() { Name = "bench", Validator = new NoValidator(), Snowplow = new SnowplowClaims([], [], IsDefault: true) };
    private static readonly SourceSet Sources = new([Source], Source.Validator);
    private static readonly RandomIds Ids = new(TimeProvider.System);

    /// <summary>A batch with the events of a plain JSON body; the caller disposes it.</summary>
    public static EventBatch ReadPlain(byte[] body)
    {
        var batch = new EventBatch(body.Length + AppendBytes);
        var whole = batch.Append(body);
        using var found = new PooledList<JsonEvent>();
        if (!JsonBody.TryScan(batch[whole], Source.Fields, EventsMax, found))
            throw new InvalidOperationException("The body has too many events.");
        var reader = new JsonEventReader(batch, Source, Ids, Utf8.IsValid(batch[whole]), new RequestErrors());
        foreach (ref readonly var item in found.Items)
            reader.Add(item);
        return batch;
    }

    /// <summary>A batch with the events of a tracker's body; the caller disposes it.</summary>
    public static EventBatch ReadTracker(byte[] body)
    {
        var batch = new EventBatch(body.Length + AppendBytes);
        var whole = batch.Append(body);
        var errors = new RequestErrors();
        using var batches = new SourceBatches(batch);
        using var items = new PooledList<TrackerItem>();
        if (TrackerPayload.Read(batch[whole], EventsMax, items, errors) is { } problem)
            throw new InvalidOperationException($"The body is no payload: {problem}");
        using var reader = new TrackerEventReader(batch, batches, Sources, pathSource: null, Ids, errors);
        foreach (ref readonly var item in items.Items)
            reader.Add(item, isUtf8: true);
        return batch;
    }

    private sealed class NoValidator : IEventValidator
    {
        public void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors)
        {
            // Validation is a part of its own.
        }
    }
}
