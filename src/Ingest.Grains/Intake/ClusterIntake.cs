using System.Collections.Concurrent;
using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Grains;

/// <summary>
/// The way in of a frontend: brings events to where their partition is. A partition on this silo is handed the batch as it
/// is; others get it by a grain call.
/// </summary>
public sealed class ClusterIntake(
    SiloServices silo, PartitionCountsCache counts, IGrainFactory grains, TimeProvider time, GrainLog log)
    : RoutingIntake(silo.Partitions.Surroundings.ValidatorOf, silo.Options, time)
{
    private readonly ConcurrentDictionary<PartitionId, PartitionLink> _links = new();

    protected override ValueTask<int> CountAsync(string source) => counts.GetAsync(source);

    protected override void Learn(string source, int count) => counts.Learn(source, count);

    protected override ValueTask<IntakeResult> OfferAsync(PartitionId id, EventBatch batch, int count) =>
        silo.Partitions.TryOffer(id, batch, count, out var result)
            ? result
            : new ValueTask<IntakeResult>(LinkTo(id).OfferAsync(batch, count));

    private PartitionLink LinkTo(PartitionId id) => _links.GetOrAdd(
        id,
        static (id, self) => new PartitionLink(id, self.Grains, self.Options, self.Time, self.Log),
        (Grains: grains, Options: silo.Grains, silo.Partitions.Time, Log: log));
}
