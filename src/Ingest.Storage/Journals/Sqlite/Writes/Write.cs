using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>One write that waits for the group commit.</summary>
internal abstract class Write
{
    // Asynchronous continuations: a caller's code must never run on the writer thread.
    private readonly TaskCompletionSource<JournalResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Bytes that it holds in memory while it waits.</summary>
    public abstract long Bytes { get; }

    /// <summary>True for appends: they have a bound of their own, so that intake cannot keep shipping out of the queue.</summary>
    public virtual bool IsAppend => false;

    /// <summary>What will be answered when the transaction commits. Set by <see cref="Execute"/>.</summary>
    public JournalResult Result { get; set; }

    /// <summary>
    /// Checks first, then changes: after the first change only a fault of the storage may stop it, and that rolls the whole
    /// transaction back.
    /// </summary>
    public abstract JournalResult Execute(JournalTransaction transaction);

    /// <summary>Called after the commit: true when it wants another turn; it is answered after the last one.</summary>
    public virtual bool Continue() => false;

    public void Answer(JournalResult result) => _done.TrySetResult(result);

    /// <summary>Waits for the outcome. A cancelled wait leaves the write in the queue, where it may still commit.</summary>
    public async ValueTask<JournalResult> WaitAsync(CancellationToken cancellation)
    {
        await using var registration = cancellation.UnsafeRegister(
            static state => ((Write)state!).Answer(JournalMessages.CancelledWhileWaiting), this);
        return await _done.Task;
    }
}
