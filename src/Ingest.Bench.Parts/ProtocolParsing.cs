using BenchmarkDotNet.Attributes;

namespace Ingest.Bench.Parts;

/// <summary>From the bytes of a body to events with their fields resolved; figures are for one event.</summary>
public class ProtocolParsing
{
    private const int PlainEvents = 50;
    private const int TrackerEventsEach = 10;

    private readonly byte[] _plain = new BatchedEvents().MakeBody(0);
    private readonly byte[] _tracker = new TrackerPayloads().MakeBody(0);

    [Benchmark(OperationsPerInvoke = PlainEvents)]
    public int PlainJson()
    {
        using var batch = ParsedEvents.ReadPlain(_plain);
        return batch.Events.Length;
    }

    [Benchmark(OperationsPerInvoke = TrackerEventsEach)]
    public int Snowplow()
    {
        using var batch = ParsedEvents.ReadTracker(_tracker);
        return batch.Events.Length;
    }
}
