namespace Ingest.Storage;

/// <summary>
/// What waits for the writer thread. Bounded: appends by <see cref="SqliteJournalOptions.QueueAppendsMax"/> and
/// <see cref="SqliteJournalOptions.QueueBytesMax"/>, everything else by <see cref="OthersMax"/>.
/// </summary>
internal sealed class WriteQueue(SqliteJournalOptions options)
{
    /// <summary>Seals, confirms and forgets that may wait: far above what shippers have under way.</summary>
    public const int OthersMax = 1_024;

    /// <summary>Writes of one transaction: bounds how long the first waits for the last.</summary>
    private const int TransactionWritesMax = 1_024;

    /// <summary>Bytes of one transaction, unless a single write is larger: fits the writer's page cache, so that nothing spills.</summary>
    private const long TransactionBytesMax = 16L << 20;

    private readonly object _gate = new(); // Not a Lock: the writer waits on it.
    private readonly Queue<Write> _waiting = new();
    private int _appends;
    private long _appendBytes;
    private bool _closed;

    /// <returns>Null when it was queued, else why not.</returns>
    public string? Add(Write write)
    {
        lock (_gate)
        {
            if (_closed)
                return JournalMessages.Closed.Reason;
            if (write.IsAppend && _waiting.Count > 0 && (_appends >= options.QueueAppendsMax || _appendBytes + write.Bytes > options.QueueBytesMax))
                return "too many appends wait for the disk";
            if (!write.IsAppend && _waiting.Count - _appends >= OthersMax)
                return "too many seals and confirmations wait for the disk";

            Enqueue(write);
        }

        return null;
    }

    /// <summary>Puts an unfinished write back behind the others; never refused.</summary>
    public void AddAgain(Write write)
    {
        lock (_gate)
            Enqueue(write);
    }

    /// <summary>Takes what fits into one transaction.</summary>
    /// <param name="group">Receives the writes; stays empty after a time-out.</param>
    /// <param name="idle">How long to wait for the first one.</param>
    /// <returns>False when the queue is closed and empty.</returns>
    public bool Take(List<Write> group, TimeSpan idle)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 && !_closed)
                Monitor.Wait(_gate, idle);
            Dequeue(group);
            return group.Count > 0 || !_closed;
        }
    }

    /// <summary>Takes no more; what waits is still done.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Dequeue(List<Write> group)
    {
        long bytes = 0;
        while (_waiting.TryPeek(out var next) && group.Count < TransactionWritesMax && (group.Count == 0 || bytes + next.Bytes <= TransactionBytesMax))
        {
            _waiting.Dequeue();
            group.Add(next);
            bytes += next.Bytes;
            if (next.IsAppend)
            {
                _appends--;
                _appendBytes -= next.Bytes;
            }
        }
    }

    private void Enqueue(Write write)
    {
        _waiting.Enqueue(write);
        if (write.IsAppend)
        {
            _appends++;
            _appendBytes += write.Bytes;
        }

        Monitor.Pulse(_gate);
    }
}
