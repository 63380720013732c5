using BenchmarkDotNet.Attributes;
using Ingest.Engine;

namespace Ingest.Bench.Parts;

/// <summary>From the lines of a block to its gzip member.</summary>
public class BlockEncoding
{
    private byte[] _lines = [];

    /// <summary>Events of the block: a trickle, W1 under load, W2 under load.</summary>
    [Params(1, 25, 1000)]
    public int Events { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        using var lines = new PooledBuffer(1 << 20);
        var writer = new LineWriter("bench");
        for (var number = 0; number < Events; number++)
        {
            var body = System.Text.Encoding.UTF8.GetString(PageViews.Pool[number]).Replace(EventPool.IdPlace, EventPool.Uuid(random).ToString(), StringComparison.Ordinal);
            using var batch = ParsedEvents.ReadPlain(System.Text.Encoding.UTF8.GetBytes(body));
            writer.WriteGood(lines, batch, batch.Events[0], new LakeHour(498_620).Start);
        }

        _lines = lines.Written.ToArray();
    }

    [Benchmark]
    public int Encode() => GzipMember.Of(_lines, new Limits().StoreBelowLineBytes).Length;
}
