using System.Runtime.CompilerServices;
using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>
/// The way in of every runtime: judges the events of a request, spreads them over the partitions of their source, and offers
/// a part again where its partition moved or its source was split. Deduplication makes the second offer harmless.
/// </summary>
/// <remarks>
/// Events are judged here, where many requests are at work at once, because a partition takes one at a time: what its documents
/// cost is not waited for by others. Duplicates are judged for nothing. Costly documents must not take all threads: what exceeds
/// the options is judged by the partition.
/// </remarks>
/// <param name="validatorOf">The validator of a source as of now.</param>
/// <param name="options">How long, and with which pauses.</param>
/// <param name="time">Clock and timers.</param>
/// <param name="work">Jitter of the pauses; that of the thread pool where null.</param>
public abstract class RoutingIntake(
    Func<string, IEventValidator> validatorOf, HostingOptions options, TimeProvider time, IWorkScheduler? work = null)
    : IIntake
{
    private readonly Random _random = (work ?? ThreadPoolScheduler.Instance).Random;

    // Requests whose events are being judged.
    private int _judging;

    public ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch)
    {
        if (!batch.Checks.IsEmpty)
            JudgeAhead(source, batch);
        // Nearly always known: then a request pays for one state machine less.
        var counting = CountAsync(source);
        return counting.IsCompletedSuccessfully ? AcceptAsync(source, batch, counting.Result) : AcceptAsync(source, batch, counting);
    }

    /// <summary>The number of partitions of a source; 0 where it cannot be had now.</summary>
    protected abstract ValueTask<int> CountAsync(string source);

    /// <summary>Takes note of a higher number that a partition told.</summary>
    protected abstract void Learn(string source, int count);

    /// <summary>
    /// Offers a batch to a partition where it seems to be. <see cref="IntakeOutcome.Moved"/> where it cannot be reached
    /// there; then it may be stored or not.
    /// </summary>
    protected abstract ValueTask<IntakeResult> OfferAsync(PartitionId id, EventBatch batch, int count);

    private void JudgeAhead(string source, EventBatch batch)
    {
        // A receiver judges nothing: the primary does, by its own rules.
        if (RelaySource.IsRelay(source))
            return;
        try
        {
            if (Interlocked.Increment(ref _judging) <= options.JudgesMax)
                EventJudge.JudgeAhead(batch, validatorOf(source), time, options.JudgeTime);
        }
        finally
        {
            Interlocked.Decrement(ref _judging);
        }
    }

    private async ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch, ValueTask<int> counting) =>
        await AcceptAsync(source, batch, await counting);

    private ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch, int count) => count switch
    {
        0 => ValueTask.FromResult(IntakeResult.Unavailable("the number of partitions of the source is not known yet")),
        1 => DeliverAsync(new PartitionId(source, 0), batch, count, time.GetTimestamp()),
        _ => SpreadAsync(source, batch, count, time.GetTimestamp()),
    };

    private async ValueTask<IntakeResult> SpreadAsync(string source, EventBatch batch, int count, long began)
    {
        var parts = batch.Split(source, count);
        try
        {
            // All parts are offered before the first is awaited, so that they share a commit.
            var waits = parts.Select(part => DeliverAsync(part.Key, part.Value, count, began).AsTask()).ToArray();
            var sum = new IntakeResult(IntakeOutcome.Stored);
            foreach (var result in await Task.WhenAll(waits))
                sum += result;
            return sum;
        }
        finally
        {
            foreach (var part in parts.Values)
                part.Dispose();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<IntakeResult> DeliverAsync(PartitionId id, EventBatch batch, int count, long began)
    {
        for (var attempt = 1; ; attempt++)
        {
            var result = await OfferAsync(id, batch, count);
            if (result.Outcome != IntakeOutcome.Moved)
                return result;
            if (time.GetElapsedTime(began) >= options.RouteTimeout)
                return IntakeResult.Unavailable(result.Reason ?? "the partition cannot be reached");
            if (result.PartitionCount > count)
            {
                Learn(id.Source, result.PartitionCount);
                return await SpreadAsync(id.Source, batch, result.PartitionCount, began);
            }

            var pause = Backoff.Ceiling(attempt, options.RoutePauseMin, options.RoutePauseMax);
            await Task.Delay(Backoff.HalfJitter(pause, _random), time);
        }
    }
}
