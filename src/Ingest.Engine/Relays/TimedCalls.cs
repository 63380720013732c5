namespace Ingest.Engine;

/// <summary>Calls to a lake that must end in time: one that hangs would hold up everything behind it.</summary>
internal sealed class TimedCalls(TimeProvider time)
{
    /// <exception cref="LakeUnavailableException">It did not end in time.</exception>
    public async Task<T> WithinAsync<T>(
        TimeSpan timeout, string what, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        try
        {
            return await call(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new LakeUnavailableException($"{what}: no end within {timeout}");
        }
    }
}
