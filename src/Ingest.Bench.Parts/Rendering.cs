using BenchmarkDotNet.Attributes;
using Ingest.Engine;

namespace Ingest.Bench.Parts;

/// <summary>From a parsed event to its line in the lake; figures are for one event.</summary>
public class Rendering
{
    private const int Events = 50;

    private readonly LineWriter _writer = new("bench");
    private readonly PooledBuffer _lines = new(64 << 10);
    private EventBatch? _batch;

    [GlobalSetup]
    public void Setup() => _batch = ParsedEvents.ReadPlain(new BatchedEvents().MakeBody(0));

    [GlobalCleanup]
    public void Cleanup()
    {
        _batch?.Dispose();
        _lines.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Events)]
    public int Lines()
    {
        _lines.Clear();
        foreach (ref readonly var entry in _batch!.Events)
            _writer.WriteGood(_lines, _batch, entry, new LakeHour(498_620).Start);
        return _lines.Length;
    }
}
