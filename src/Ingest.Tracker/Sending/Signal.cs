namespace Ingest.Tracker;

/// <summary>Wakes one waiting loop. A signal that comes before the wait is kept; several are one.</summary>
internal sealed class Signal : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(0, 1);

    public void Set()
    {
        try
        {
            _semaphore.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is set already.
        }
        catch (ObjectDisposedException)
        {
            // Who tracks may do so until the very end; nobody waits any more.
        }
    }

    /// <summary>Waits without any timer.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _semaphore.WaitAsync(cancellation);

    public void Dispose() => _semaphore.Dispose();
}
