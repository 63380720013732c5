using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Node;

/// <summary>The way in of the single process: spreads a request over the partitions of its source.</summary>
internal sealed class NodeIntake(PartitionHost partitions, Func<string, int> partitionsOf) : IIntake
{
    public ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch)
    {
        var count = partitionsOf(source);
        return count == 1
            ? partitions.OfferAsync(new PartitionId(source, 0), batch)
            : AcceptSplitAsync(batch.Split(source, count));
    }

    private async ValueTask<IntakeResult> AcceptSplitAsync(IReadOnlyDictionary<PartitionId, EventBatch> parts)
    {
        // All parts are offered before the first is awaited, so that they share a commit.
        var waits = parts.Select(part => partitions.OfferAsync(part.Key, part.Value)).ToArray();
        var sum = new IntakeResult(IntakeOutcome.Stored);
        foreach (var wait in waits)
            sum += await wait;
        foreach (var part in parts.Values)
            part.Dispose();
        return sum;
    }
}
