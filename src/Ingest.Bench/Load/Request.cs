using System.Globalization;
using System.Text;

namespace Ingest.Bench;

/// <summary>A request's bytes, made once. Before each use its ids are made anew, and its source where there are several.</summary>
internal sealed class Request
{
    private readonly byte[] _bytes;
    private readonly int[] _idsAt;
    private readonly int _sourceAt;
    private readonly int _sources;

    /// <param name="workload">What it is of.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="number">Which of the workload's bodies it has.</param>
    public Request(Workload workload, Target target, int number)
    {
        var body = workload.MakeBody(number);
        var head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"POST {target.Path} HTTP/1.1\r\nHost: {target.Endpoint}\r\nAuthorization: Bearer {BenchSource.WriteKey}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"));
        _bytes = [.. head, .. body];
        _idsAt = [.. PlacesOf(Encoding.ASCII.GetBytes(EventPool.IdPlace), _bytes)];
        _sources = workload.Sources;
        _sourceAt = FindSource(head, BenchSource.NameOf(0, _sources));
        Events = workload.EventsPerRequest;
        BodyBytes = body.Length;
        if (_idsAt.Length != Events)
            throw new InvalidOperationException($"A body of {workload.Name} has {_idsAt.Length} ids for {Events} events.");
    }

    public ReadOnlyMemory<byte> Bytes => _bytes;

    public int Events { get; }

    public int BodyBytes { get; }

    /// <summary>Makes it a request that was never sent.</summary>
    /// <param name="random">Unseeded, so that no id comes twice. Real ids are random, too: a counter would flatter the compression.</param>
    public void Refresh(Random random)
    {
        Span<byte> id = stackalloc byte[16];
        foreach (var at in _idsAt)
        {
            random.NextBytes(id);
            new Guid(id).TryFormat(_bytes.AsSpan(at), out _);
        }

        if (_sourceAt >= 0)
            random.Next(_sources).TryFormat(_bytes.AsSpan(_sourceAt), out _, BenchSource.NumberFormat, CultureInfo.InvariantCulture);
    }

    /// <summary>Where the digits of the source's number stand; below zero where there is one source, or the path names none.</summary>
    private int FindSource(byte[] head, string name)
    {
        var at = _sources > 1 ? head.AsSpan().IndexOf(Encoding.ASCII.GetBytes(name)) : -1;
        return at < 0 ? -1 : at + name.Length - BenchSource.Digits;
    }

    private static IEnumerable<int> PlacesOf(byte[] place, byte[] bytes)
    {
        for (var at = 0; ; at += place.Length)
        {
            var next = bytes.AsSpan(at).IndexOf(place);
            if (next < 0)
                yield break;
            yield return at += next;
        }
    }
}
