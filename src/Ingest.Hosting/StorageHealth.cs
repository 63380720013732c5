using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>
/// Whether events can be stored: the question behind <c>/ready</c>, and before each request is read. Liveness is another.
/// </summary>
public sealed class StorageHealth : IReadiness
{
    private string? _notYet = "starting";
    private string? _unreadable;

    /// <summary>How the last write ended; null when it was committed. A failed write does not close the door: the next request tries again.</summary>
    public string? LastWriteFailure { get; private set; }

    /// <summary>Why the journal cannot be read; null when it can.</summary>
    public string? Unreadable => Volatile.Read(ref _unreadable);

    /// <summary>Whether another durable place has room while the journal is away; null where there is none. Set before the process serves.</summary>
    public Func<bool>? HasOtherRoom { get; set; }

    /// <summary>Takes note of how a write to the journal ended.</summary>
    public void Observe(JournalResult result)
    {
        // A fenced write says nothing of the storage: another activation wrote.
        if (result.Outcome != JournalOutcome.Fenced)
            LastWriteFailure = result.Outcome == JournalOutcome.Committed ? null : result.Reason ?? "the journal did not answer";
    }

    /// <summary>Takes note of whether the journal could be read; null when it could.</summary>
    /// <returns>True where it could, and could not before.</returns>
    public bool ObserveRead(string? failure) => Interlocked.Exchange(ref _unreadable, failure) is not null && failure is null;

    public void Started() => Volatile.Write(ref _notYet, null);

    public void Stopping()
    {
        IsStopping = true;
        Volatile.Write(ref _notYet, "stopping");
    }

    /// <summary>True once the process was asked to stop.</summary>
    public bool IsStopping { get; private set; }

    public bool CanStore(out string? why)
    {
        why = Volatile.Read(ref _notYet);
        if (why is null && Unreadable is { } unreadable && HasOtherRoom?.Invoke() != true)
            why = unreadable;
        return why is null;
    }
}
