using System.Collections.Concurrent;
using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>
/// The way in of a region: while it is a receiver, events go to the relay partitions of their source, where nobody validates
/// them.
/// </summary>
public sealed class RelayingIntake(IIntake inner, RegionState region) : IIntake
{
    // Sources are few, and their names are wanted with every request.
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);

    public ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch) =>
        inner.AcceptAsync(region.Role == RegionRole.Receiver ? _names.GetOrAdd(source, RelaySource.Of) : source, batch);
}
