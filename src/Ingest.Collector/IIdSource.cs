namespace Ingest.Collector;

/// <summary>Where new ids come from, so that tests can foresee them.</summary>
public interface IIdSource
{
    /// <summary>An id for an event that brought none.</summary>
    Guid NewEventId();

    /// <summary>A network id for a visitor who has none.</summary>
    Guid NewNetworkId();
}

/// <summary>
/// Ids as the standard has them: version 7 for events, whose ids then sort by time; version 4 for visitors, whose ids
/// must not tell when they first came.
/// </summary>
public sealed class RandomIds(TimeProvider time) : IIdSource
{
    public Guid NewEventId() => Guid.CreateVersion7(time.GetUtcNow());

    public Guid NewNetworkId() => Guid.NewGuid();
}
