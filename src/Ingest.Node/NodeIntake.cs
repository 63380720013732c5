using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Node;

/// <summary>The way in of the single process: every partition is here.</summary>
internal sealed class NodeIntake(PartitionHost partitions, PartitionCounts counts)
    : RoutingIntake(partitions.Surroundings.ValidatorOf, partitions.Options, partitions.Time, partitions.Work)
{
    protected override ValueTask<int> CountAsync(string source) => ValueTask.FromResult(counts.Of(source));

    protected override void Learn(string source, int count) => counts.Learn(source, count);

    protected override ValueTask<IntakeResult> OfferAsync(PartitionId id, EventBatch batch, int count) =>
        partitions.ActorOf(id).OfferAsync(batch, count);
}
