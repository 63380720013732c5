using System.Diagnostics.CodeAnalysis;
using Ingest.Engine;

namespace Ingest.Storage.Postgres;

/// <summary>
/// What waits for one kind of group commit. Bounded in number and bytes. Writes of one partition stay in order: while some of
/// them are in commit, the others wait.
/// </summary>
/// <param name="countMax">Most writes that wait.</param>
/// <param name="bytesMax">Most bytes that they hold, unless it is a single one.</param>
/// <param name="committers">How many take from it.</param>
/// <param name="what">What waits, for the reason of a refusal.</param>
[SuppressMessage("Reliability", "CA1001", Justification = "The semaphore's wait handle is never asked for, so it holds nothing to give back.")]
internal sealed class CommitQueue(int countMax, long bytesMax, int committers, string what)
{
    /// <summary>Writes of one transaction: bounds how long the first waits for the last.</summary>
    private const int GroupWritesMax = 1_024;

    /// <summary>Bytes of one transaction, unless a single write is larger.</summary>
    private const long GroupBytesMax = 16L << 20;

    /// <summary>
    /// Writes, or bytes below, that are worth a transaction beside another one. With fewer of them one that is twice as large,
    /// a moment later, costs the server half and is over no later.
    /// </summary>
    private const int SecondGroupWritesMin = 128;

    /// <inheritdoc cref="SecondGroupWritesMin"/>
    private const long SecondGroupBytesMin = 1L << 20;

    /// <summary>
    /// How long a group in commit keeps a small one waiting. One that takes longer stands still (a lock, a silent connection), and
    /// the others must not wait with it.
    /// </summary>
    private const int SecondGroupPatience = 100;

    private readonly Lock _gate = new();
    private readonly Queue<PostgresWrite> _waiting = new();
    private readonly HashSet<PartitionId> _inCommit = [];
    private readonly SemaphoreSlim _signal = new(0);
    private long _bytes;
    private int _groupsInCommit;
    private long _lastTaken;
    private bool _heldBack;
    private bool _closed;

    /// <summary>Queues a write and waits for its outcome.</summary>
    public ValueTask<JournalResult> AddAsync(PostgresWrite write, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return ValueTask.FromResult(JournalMessages.CancelledBefore);

        lock (_gate)
        {
            if (_closed)
                return ValueTask.FromResult(JournalMessages.Closed);
            if (_waiting.Count > 0 && (_waiting.Count >= countMax || _bytes + write.Bytes > bytesMax))
                return ValueTask.FromResult(new JournalResult(JournalOutcome.Refused, $"too many {what} wait for the database"));

            _waiting.Enqueue(write);
            _bytes += write.Bytes;
            Signal();
        }

        return write.WaitAsync(cancellation);
    }

    /// <summary>Waits until there may be something to take.</summary>
    /// <returns>False when the queue is closed.</returns>
    public async Task<bool> WaitAsync()
    {
        await _signal.WaitAsync(Volatile.Read(ref _heldBack) ? SecondGroupPatience : Timeout.Infinite);
        lock (_gate)
            return !_closed;
    }

    /// <summary>Takes what fits into one transaction; the partitions in it are the caller's until <see cref="Release"/>.</summary>
    /// <returns>False where there is nothing to take.</returns>
    public bool TryTake(List<PostgresWrite> group)
    {
        lock (_gate)
        {
            // Whoever commits now takes the rest when it is done.
            _heldBack = _waiting.Count is > 0 and < SecondGroupWritesMin && _bytes < SecondGroupBytesMin
                && _groupsInCommit > 0 && Environment.TickCount64 - _lastTaken < SecondGroupPatience;
            if (_heldBack)
                return false;

            HashSet<PartitionId> once = [];
            HashSet<PartitionId> left = [];
            long bytes = 0;
            var full = false;
            for (var i = _waiting.Count; i > 0; i--)
            {
                var write = _waiting.Dequeue();
                full |= group.Count == GroupWritesMax || (group.Count > 0 && bytes + write.Bytes > GroupBytesMax);
                if (full || _inCommit.Contains(write.Partition) || left.Contains(write.Partition) || (write.IsOnlyOne && !once.Add(write.Partition)))
                {
                    left.Add(write.Partition);
                    _waiting.Enqueue(write);
                    continue;
                }

                group.Add(write);
                bytes += write.Bytes;
            }

            _bytes -= bytes;
            foreach (var write in group)
                _inCommit.Add(write.Partition);
            if (group.Count == 0)
                return false;
            _groupsInCommit++;
            _lastTaken = Environment.TickCount64;
            return true;
        }
    }

    /// <summary>Gives the partitions of a group free.</summary>
    public void Release(List<PostgresWrite> group)
    {
        lock (_gate)
        {
            _groupsInCommit--;
            foreach (var write in group)
                _inCommit.Remove(write.Partition);
        }
    }

    /// <summary>Takes no more; what waits is still done.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _signal.Release(committers);
        }
    }

    /// <summary>One signal for each committer is enough: once awake, it takes until nothing is left.</summary>
    private void Signal()
    {
        if (_signal.CurrentCount < committers)
            _signal.Release();
    }
}
