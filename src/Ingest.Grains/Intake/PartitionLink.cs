using System.Buffers;
using Ingest.Engine;

namespace Ingest.Grains;

/// <summary>
/// The way from one frontend to one partition on another silo. What arrives while calls are under way waits and goes
/// together in the next one, so that the number of calls does not grow with the number of requests. Bounded by the
/// collector's admission: every batch here stands for a request in flight.
/// </summary>
internal sealed class PartitionLink(PartitionId id, IGrainFactory grains, GrainOptions options, TimeProvider time, GrainLog log)
{
    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _queue = new();
    private int _calls;

    /// <summary>
    /// Sends a batch with the next call. <see cref="IntakeOutcome.Moved"/> where the call fails: then the events may be
    /// stored or not, whatever it died of.
    /// </summary>
    public Task<IntakeResult> OfferAsync(EventBatch batch, int partitionCount)
    {
        var waiting = new Waiting(batch, partitionCount, time.GetTimestamp());
        lock (_gate)
        {
            _queue.Enqueue(waiting);
            if (_calls == options.CallsPerLink)
                return waiting.Task;
            _calls++;
        }

        _ = SendAsync();
        return waiting.Task;
    }

    private async Task SendAsync()
    {
        var buffer = new ArrayBufferWriter<byte>();
        while (Take() is { } taken)
        {
            try
            {
                var reply = await CallAsync(taken, buffer);
                for (var i = 0; i < taken.Count; i++)
                    taken[i].SetResult(reply.Results[i].ToIntake());
            }
            catch (Exception exception)
            {
                log.OfferLost(exception, id);
                foreach (var waiting in taken)
                    waiting.TrySetResult(IntakeResult.Moved("the partition cannot be reached"));
            }
        }
    }

    private async Task<OfferReply> CallAsync(List<Waiting> taken, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        foreach (var waiting in taken)
            EventBatchCodec.Write(waiting.Batch, buffer);
        var request = new OfferRequest(taken[0].PartitionCount, taken.Count, buffer.WrittenMemory.ToArray());
        using var timeout = new CancellationTokenSource(options.CallTimeout, time);
        return await grains.GetGrain<IPartitionGrain>(id.ToString()).OfferAsync(request, timeout.Token).WaitAsync(timeout.Token);
    }

    /// <summary>Takes what goes into one call; null where nothing waits, and then the caller ends.</summary>
    private List<Waiting>? Take()
    {
        lock (_gate)
        {
            var taken = new List<Waiting>();
            var bytes = 0;
            while (_queue.TryPeek(out var next)
                && (taken.Count == 0 || next.PartitionCount == taken[0].PartitionCount)
                && bytes < options.CallBytes)
            {
                _queue.Dequeue();
                if (time.GetElapsedTime(next.Since) > options.CallTimeout)
                {
                    // Calls before it took too long. Its request is told, and sends again or gives up.
                    next.SetResult(IntakeResult.Moved("the partition does not answer in time"));
                    continue;
                }

                bytes += next.Batch.Bytes.Length;
                taken.Add(next);
            }

            if (taken.Count > 0)
                return taken;
            _calls--;
            return null;
        }
    }

    private sealed class Waiting(EventBatch batch, int partitionCount, long since)
        : TaskCompletionSource<IntakeResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public EventBatch Batch { get; } = batch;

        public int PartitionCount { get; } = partitionCount;

        public long Since { get; } = since;
    }
}
