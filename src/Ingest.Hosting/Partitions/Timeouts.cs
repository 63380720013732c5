using Microsoft.Extensions.ObjectPool;

namespace Ingest.Hosting;

/// <summary>
/// Cancellations after a time that are used again when nobody was cancelled, which is nearly always: a timer, its source and what
/// is registered with it would be made for each append.
/// </summary>
/// <param name="time">Whose time. Only timers of the system can be set anew.</param>
internal sealed class Timeouts(TimeProvider time)
{
    private readonly DefaultObjectPool<CancellationTokenSource>? _pool =
        time == TimeProvider.System ? new(new Policy(), maximumRetained: 4096) : null;

    /// <summary>One that is cancelled after a time, unless it was returned.</summary>
    public CancellationTokenSource Rent(TimeSpan after)
    {
        if (_pool is null)
            return new CancellationTokenSource(after, time);
        var source = _pool.Get();
        source.CancelAfter(after);
        return source;
    }

    /// <summary>Takes one back whose token nobody uses any more. One that was cancelled, or is just being, is not given out again.</summary>
    public void Return(CancellationTokenSource source)
    {
        if (_pool is not null && source.TryReset())
            _pool.Return(source);
        else
            source.Dispose();
    }

    private sealed class Policy : PooledObjectPolicy<CancellationTokenSource>
    {
        public override CancellationTokenSource Create() => new();

        public override bool Return(CancellationTokenSource obj) => true;
    }
}
