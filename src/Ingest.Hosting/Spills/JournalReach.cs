using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>
/// Whether the journal seems to be within reach, as far as it decides where new events go. Reading it is watched
/// (<see cref="StorageHealth"/>); whether it can be written only a write can tell: one that failed closes the way, and the
/// first spilled request that the journal takes opens it, so that no client has to try.
/// </summary>
public sealed class JournalReach(StorageHealth health)
{
    private string? _failure;

    /// <summary>Why events do not go to the journal now; null when they do.</summary>
    public string? Away => health.Unreadable ?? Volatile.Read(ref _failure);

    /// <summary>Whether it is worth trying to store what was spilled.</summary>
    public bool IsReadable => health.Unreadable is null;

    /// <summary>The journal took events, or there is nothing to try it with.</summary>
    public void Opened() => Volatile.Write(ref _failure, null);

    /// <summary>Whether a result says, or lets expect, that the journal is away; if so, the way is closed.</summary>
    public bool Observe(in IntakeResult result)
    {
        if (result.Outcome == IntakeOutcome.Stored || (result.Fault != IntakeFault.Journal && IsReadable))
            return false;
        Volatile.Write(ref _failure, result.Reason ?? "the journal did not take events");
        return true;
    }
}
