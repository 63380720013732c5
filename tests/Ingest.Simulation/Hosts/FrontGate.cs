using Ingest.Collector;

namespace Ingest.Simulation;

/// <summary>What bounds requests in flight; the product's own, or one with a mistake.</summary>
internal interface IFrontGate
{
    int Requests { get; }

    long Bytes { get; }

    bool TryEnter();

    bool TryReserve(long bytes);

    void Release(long bytes);

    void Leave();
}

/// <summary>The product's.</summary>
internal sealed class FrontGate(int requestsMax, long bytesMax) : IFrontGate
{
    private readonly ConcurrencyGate _gate = new(requestsMax, bytesMax);

    public int Requests => _gate.Requests;

    public long Bytes => _gate.Bytes;

    public bool TryEnter() => _gate.TryEnter();

    public bool TryReserve(long bytes) => _gate.TryReserve(bytes);

    public void Release(long bytes) => _gate.Release(bytes);

    public void Leave() => _gate.Leave();
}
