namespace Ingest.Tracker;

/// <summary>Those who wait until events up to some place have left the queue.</summary>
internal sealed class FlushWaiters
{
    private readonly object _gate = new();
    private readonly List<(long Seq, TaskCompletionSource<bool> Done)> _waiters = [];
    private bool _isClosed;

    /// <summary>True while somebody waits, so that nothing is delayed for the sake of larger requests.</summary>
    public bool IsAny
    {
        get
        {
            lock (_gate)
                return _waiters.Count > 0;
        }
    }

    /// <summary>Waits until no event up to this place is left.</summary>
    /// <returns>False where the tracker is closed before.</returns>
    public async Task<bool> WaitAsync(long seq, CancellationToken cancellation)
    {
        var waiter = (seq, new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            if (_isClosed)
                return false;
            _waiters.Add(waiter);
        }
        using (cancellation.Register(() => waiter.Item2.TrySetCanceled(cancellation)))
        {
            try
            {
                return await waiter.Item2.Task.ConfigureAwait(false);
            }
            finally
            {
                lock (_gate)
                    _waiters.Remove(waiter);
            }
        }
    }

    /// <summary>Ends the waits for which nothing is left.</summary>
    /// <param name="firstSeq">The place of the oldest event; 0 where there is none.</param>
    public void Progressed(long firstSeq)
    {
        lock (_gate)
        {
            foreach (var (seq, done) in _waiters)
            {
                if (firstSeq == 0 || firstSeq > seq)
                    done.TrySetResult(true);
            }
        }
    }

    /// <summary>Ends all waits, also those to come.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var (_, done) in _waiters)
                done.TrySetResult(false);
        }
    }
}
