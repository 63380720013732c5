namespace Ingest.Collector;

/// <summary>
/// Bounds what is in flight: requests, and the bytes of their bodies as they arrive. What does not fit is answered
/// <see cref="Answer.Overloaded"/>; the clients keep it and come back, so memory stays bounded in any spike.
/// </summary>
/// <param name="requestsMax">Most requests at once.</param>
/// <param name="bytesMax">Most bytes of bodies at once, decompressed ones included.</param>
public sealed class ConcurrencyGate(int requestsMax, long bytesMax)
{
    private int _requests;
    private long _bytes;

    /// <summary>Requests in flight.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Bytes of bodies in flight.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Lets a request in, or not. Who is in must <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _requests) <= requestsMax)
            return true;
        Interlocked.Decrement(ref _requests);
        return false;
    }

    /// <summary>Sets bytes aside, or not.</summary>
    public bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= bytesMax)
            return true;
        Interlocked.Add(ref _bytes, -bytes);
        return false;
    }

    /// <summary>Gives reserved bytes back.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _bytes, -bytes);

    /// <summary>The request is done.</summary>
    public void Leave() => Interlocked.Decrement(ref _requests);
}
