namespace Ingest.Collector;

/// <summary>
/// Whether events can be stored now: the question behind <c>/ready</c>, for load balancers. Events are offered to the
/// intake whatever it says, since only a try finds out that storage is back.
/// </summary>
public interface IReadiness
{
    /// <summary>True where an event that arrives now can be stored.</summary>
    /// <param name="why">Why not, in one sentence; null where it can.</param>
    bool CanStore(out string? why);
}
