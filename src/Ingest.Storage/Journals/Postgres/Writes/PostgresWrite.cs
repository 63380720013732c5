using Ingest.Engine;

namespace Ingest.Storage.Postgres;

/// <summary>One write that waits for the group commit.</summary>
internal abstract class PostgresWrite(PartitionId partition)
{
    // Asynchronous continuations: a caller's code must never run in the commit.
    private readonly TaskCompletionSource<JournalResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PartitionId Partition { get; } = partition;

    /// <summary>Bytes that it holds in memory while it waits.</summary>
    public abstract long Bytes { get; }

    /// <summary>True where a group may hold only one of the partition.</summary>
    public virtual bool IsOnlyOne => false;

    /// <summary>What will be answered when the transaction commits.</summary>
    public JournalResult Result { get; set; }

    public void Answer() => _done.TrySetResult(Result);

    /// <summary>Waits for the outcome. A cancelled wait leaves the write in the queue, where it may still commit.</summary>
    public async ValueTask<JournalResult> WaitAsync(CancellationToken cancellation)
    {
        await using var registration = cancellation.UnsafeRegister(
            static state => ((PostgresWrite)state!)._done.TrySetResult(JournalMessages.CancelledWhileWaiting), this);
        return await _done.Task;
    }
}

/// <summary>A seal or a confirmation.</summary>
internal abstract class ShippingWrite(PartitionId partition) : PostgresWrite(partition)
{
    /// <summary>Decides by what the group has locked and read, and adds what it changes to the group.</summary>
    public abstract JournalResult Execute(Group group);
}
