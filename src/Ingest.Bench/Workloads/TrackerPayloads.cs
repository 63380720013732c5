using System.Text;

namespace Ingest.Bench;

/// <summary>W3: what Snowplow trackers send once they have batched.</summary>
public sealed class TrackerPayloads : Workload
{
    public override string Name => "W3";

    public override string About => "Snowplow tp2 payloads of 10 page views with two contexts each, both validated, 32 connections";

    public override int Connections => 32;

    public override int EventsPerRequest => 10;

    public override string IngestPath => "/com.snowplowanalytics.snowplow/tp2";

    public override string SourceFile => """{ "snowplow": { "default": true } }""";

    public override IReadOnlyDictionary<string, string> Schemas => TrackerEvents.Schemas;

    public override byte[] MakeBody(int number)
    {
        var body = new List<byte>(EventsPerRequest * 1500);
        body.AddRange(Encoding.ASCII.GetBytes(TrackerEvents.EnvelopeStart));
        TrackerEvents.Pool.Write(body, number * EventsPerRequest, EventsPerRequest);
        body.AddRange(Encoding.ASCII.GetBytes(TrackerEvents.EnvelopeEnd));
        return [.. body];
    }
}
