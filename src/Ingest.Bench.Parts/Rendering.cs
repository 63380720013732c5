using BenchmarkDotNet.Attributes;
using Ingest.Engine;

namespace Ingest.Bench.Parts;

/// <summary>From a parsed event to its line in the lake; figures are for one event.</summary>
public class Rendering
{
    private const int Events = 50;

    private readonly LineWriter _writer = new("bench");
    private EventBatch? _batch;

    [GlobalSetup]
    public void Setup() => _batch = ParsedEvents.ReadPlain(new BatchedEvents().MakeBody(0));

    [GlobalCleanup]
    public void Cleanup() => _batch?.Dispose();

    [Benchmark(OperationsPerInvoke = Events)]
    public int Lines()
    {
        using var lines = new PooledBuffer(64 << 10);
        foreach (ref readonly var entry in _batch!.Events)
            _writer.WriteGood(lines, _batch, entry, new LakeHour(498_620).Start);
        return lines.Length;
    }
}
