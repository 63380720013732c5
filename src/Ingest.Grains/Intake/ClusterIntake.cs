using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Grains;

/// <summary>
/// The way in of a frontend: brings events to where their partition is. A partition on this silo is handed the batch as it
/// is; others get it by a grain call.
/// </summary>
public sealed class ClusterIntake(
    SiloServices silo, PartitionCountsCache counts, IGrainFactory grains, TimeProvider time, GrainLog log)
    : RoutingIntake(silo.Options, time)
{
    private readonly ConcurrentDictionary<PartitionId, PartitionLink> _links = new();

    protected override ValueTask<int> CountAsync(string source) =>
        counts.TryGet(source, out var count) ? ValueTask.FromResult(count) : counts.EnsureAsync(source);

    protected override void Learn(string source, int count) => counts.Learn(source, count);

    protected override ValueTask<IntakeResult> OfferAsync(PartitionId id, EventBatch batch, int count) =>
        silo.Partitions.TryOffer(id, batch, count, out var result) ? result : CallAsync(id, batch, count);

    private async ValueTask<IntakeResult> CallAsync(PartitionId id, EventBatch batch, int count)
    {
        try
        {
            return await LinkTo(id).OfferAsync(batch, count);
        }
        catch (Exception exception)
        {
            // Whatever the call died of: the silo may be gone, or only its answer.
            log.OfferLost(exception, id);
            return IntakeResult.Moved("the partition cannot be reached");
        }
    }

    private PartitionLink LinkTo(PartitionId id) => _links.GetOrAdd(
        id,
        static (id, self) => new PartitionLink(self.Grains.GetGrain<IPartitionGrain>(id.ToString()), self.Options),
        (Grains: grains, Options: silo.Grains));
}
