using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Node;

/// <summary>
/// Whether events can be stored, by what the journal answered last: the question behind <c>/ready</c>. Liveness is another.
/// </summary>
internal sealed class StorageHealth : IReadiness
{
    private string? _notYet = "starting";
    private string? _failure;

    /// <summary>Takes note of how a write to the journal ended, or a read of its status.</summary>
    public void Observe(JournalResult result)
    {
        // A fenced write says nothing of the storage: another activation wrote.
        if (result.Outcome != JournalOutcome.Fenced)
            Volatile.Write(ref _failure, result.Outcome == JournalOutcome.Committed ? null : result.Reason ?? "the journal did not answer");
    }

    public void Started() => Volatile.Write(ref _notYet, null);

    public void Stopping() => Volatile.Write(ref _notYet, "stopping");

    public bool CanStore(out string? why)
    {
        why = Volatile.Read(ref _notYet) ?? Volatile.Read(ref _failure);
        return why is null;
    }
}
