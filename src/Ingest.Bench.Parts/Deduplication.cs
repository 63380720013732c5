using BenchmarkDotNet.Attributes;
using Ingest.Engine;

namespace Ingest.Bench.Parts;

/// <summary>A dedupe window that holds as many ids as it may; figures are for one id.</summary>
public class Deduplication
{
    private const int Ids = 1000;

    private static readonly int IdsMax = new Limits().DedupeIdsMax;
    private static readonly Instant Clock = new LakeHour(498_620).Start;

    private readonly DedupeWindow _window = new(seed: 1);
    private UInt128 _next;
    private UInt128 _known;
    private long _seq;

    [GlobalSetup]
    public void Setup()
    {
        while (_window.Count < IdsMax)
            AddNew();
    }

    /// <summary>Ids that were never seen; the oldest ones make room for them.</summary>
    [Benchmark(OperationsPerInvoke = Ids)]
    public int New() => AddNew();

    /// <summary>Ids of the last append, sent again.</summary>
    [Benchmark(OperationsPerInvoke = Ids)]
    public int Duplicates()
    {
        var added = 0;
        for (var (i, id) = (0, _known); i < Ids; i++, id += Step)
            added += _window.TryAdd(id, out _) ? 1 : 0;
        return added;
    }

    /// <summary>Scatters ids as hashes are.</summary>
    private static UInt128 Step => new(0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9);

    private int AddNew()
    {
        _known = _next;
        for (var i = 0; i < Ids; i++, _next += Step)
            _window.TryAdd(_next, out _);
        _window.EndRun(++_seq, Clock, _window.Tail);
        _window.Trim(IdsMax, Clock - TimeSpan.FromHours(1));
        return _window.Count;
    }
}
