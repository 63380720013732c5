using System.Runtime.CompilerServices;
using Ingest.Engine;

namespace Ingest.Node;

/// <summary>
/// The way in of the single process: spreads a request over the partitions of its source. What has moved because the
/// source was split meanwhile is spread anew.
/// </summary>
/// <param name="partitions">All partitions of the process.</param>
/// <param name="partitionCountOf">The number of partitions of a source.</param>
/// <param name="limits">Pauses between attempts.</param>
/// <param name="time">Drives the pauses.</param>
internal sealed class NodeIntake(
    PartitionHost partitions, Func<string, int> partitionCountOf, Limits limits, TimeProvider time) : IIntake
{
    /// <summary>
    /// Times that events are spread anew. A split needs two: one to learn of it, one where the partition asked did not know
    /// of it itself.
    /// </summary>
    private const int MovesMax = 6;

    public ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch) =>
        OfferAsync(source, partitionCountOf(source), batch, moves: 0);

    private ValueTask<IntakeResult> OfferAsync(string source, int count, EventBatch batch, int moves) => count == 1
        ? OfferPartAsync(new PartitionId(source, 0), count, batch, moves)
        : OfferPartsAsync(batch.Split(source, count), count, moves);

    private async ValueTask<IntakeResult> OfferPartsAsync(
        IReadOnlyDictionary<PartitionId, EventBatch> parts, int count, int moves)
    {
        // All parts are offered before the first is awaited, so that they share a commit.
        var waits = parts.Select(part => OfferPartAsync(part.Key, count, part.Value, moves)).ToArray();
        var sum = new IntakeResult(IntakeOutcome.Stored);
        foreach (var wait in waits)
            sum += await wait;
        foreach (var part in parts.Values)
            part.Dispose();
        return sum;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<IntakeResult> OfferPartAsync(PartitionId id, int count, EventBatch batch, int moves)
    {
        var result = await partitions.OfferAsync(id, count, batch);
        if (result.Outcome != IntakeOutcome.Moved)
            return result;
        if (moves == MovesMax)
            return IntakeResult.Unavailable("the source is being split");

        var pause = Backoff.FullJitter(Backoff.Ceiling(moves + 1, limits.RetryPauseMin, limits.RetryPauseMax), Random.Shared);
        await Task.Delay(pause, time);
        return await OfferAsync(id.Source, result.PartitionCount, batch, moves + 1);
    }
}
