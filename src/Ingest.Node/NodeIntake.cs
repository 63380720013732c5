using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Node;

/// <summary>The way in of the single process: every partition is here.</summary>
internal sealed class NodeIntake(PartitionHost partitions, PartitionCounts counts)
    : RoutingIntake(partitions.Options, partitions.Time, partitions.Work)
{
    protected override ValueTask<int> CountAsync(string source) => counts.GetAsync(source);

    protected override void Learn(string source, int count)
    {
        // Nobody else splits a source: the next question is answered with the new number.
    }

    protected override ValueTask<IntakeResult> OfferAsync(PartitionId id, EventBatch batch, int count) =>
        partitions.ActorOf(id).OfferAsync(batch, count);
}
