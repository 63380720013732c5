using Ingest.Collector;

namespace Ingest.Fuzz;

/// <summary>Ids in turn, so that a round is the same each time.</summary>
internal sealed class CountedIds : IIdSource
{
    private int _count;

    public Guid NewEventId() => new(++_count, 1, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1);

    public Guid NewNetworkId() => new(++_count, 2, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 2);
}
