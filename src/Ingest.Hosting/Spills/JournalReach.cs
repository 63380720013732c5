using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>
/// Whether the journal seems to be within reach, as far as it decides where new events go. Reading it is watched
/// (<see cref="StorageHealth"/>); whether it can be written only a write can tell: several that failed on end close the way, and
/// the first spilled request that the journal takes opens it, so that no client has to try.
/// </summary>
/// <remarks>
/// A single failure closes nothing: it may be of one partition, while the journal takes the events of all others. So only
/// those count in whose time the journal took nothing new of anybody.
/// </remarks>
/// <param name="health">Whether the journal can be read.</param>
/// <param name="failuresMax">Failed offers on end that close the way; from 1 on.</param>
public sealed class JournalReach(StorageHealth health, int failuresMax)
{
    private string? _failure;
    private int _failures;
    private long _taken;

    /// <summary>Why events do not go to the journal now; null when they do.</summary>
    public string? Away => health.Unreadable ?? Volatile.Read(ref _failure);

    /// <summary>Whether it is worth trying to store what was spilled.</summary>
    public bool IsReadable => health.Unreadable is null;

    /// <summary>How often the journal took new events; to be read before an offer, and given to <see cref="Observe"/> after it.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>The journal took events, or there is nothing to try it with.</summary>
    public void Opened()
    {
        Volatile.Write(ref _failures, 0);
        Volatile.Write(ref _failure, null);
    }

    /// <summary>Takes note of how an offer ended; may close the way for those after it.</summary>
    /// <param name="result">How it ended.</param>
    /// <param name="takenBefore"><see cref="Taken"/> before the offer.</param>
    /// <returns>Whether the result says, or lets expect, that the journal is away: another place may take these events.</returns>
    public bool Observe(in IntakeResult result, long takenBefore)
    {
        if (result.Outcome == IntakeOutcome.Stored)
        {
            // Duplicates alone say nothing: they need no write.
            if (result.Accepted + result.Quarantined > 0)
            {
                Interlocked.Increment(ref _taken);
                Volatile.Write(ref _failures, 0);
            }

            return false;
        }

        if (result.Fault != IntakeFault.Journal && IsReadable)
            return false;
        if (!IsReadable || (Taken == takenBefore && Interlocked.Increment(ref _failures) >= failuresMax))
            Volatile.Write(ref _failure, result.Reason ?? "the journal did not take events");
        return true;
    }
}
