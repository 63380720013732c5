using System.Buffers;
using Ingest.Engine;

namespace Ingest.Grains;

/// <summary>
/// The way from one frontend to one partition on another silo. What arrives while calls are under way waits and goes
/// together in the next one, so that the number of calls does not grow with the number of requests. Bounded by the
/// collector's admission: every batch here stands for a request in flight.
/// </summary>
internal sealed class PartitionLink(IPartitionGrain partition, GrainOptions options)
{
    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _queue = new();
    private int _calls;

    /// <summary>Sends a batch with the next call. Throws what the call threw: then it may be stored or not.</summary>
    public Task<IntakeResult> OfferAsync(EventBatch batch, int partitionCount)
    {
        var waiting = new Waiting(batch, partitionCount);
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
        while (Take() is { } taken)
        {
            try
            {
                using var timeout = new CancellationTokenSource(options.CallTimeout);
                var reply = await partition.OfferAsync(Write(taken), timeout.Token).WaitAsync(timeout.Token);
                for (var i = 0; i < taken.Count; i++)
                    taken[i].SetResult(reply.Results[i].ToIntake());
            }
            catch (Exception exception)
            {
                foreach (var waiting in taken)
                    waiting.TrySetException(exception);
            }
        }
    }

    /// <summary>Takes what goes into one call; null where nothing waits: then the caller is done.</summary>
    private List<Waiting>? Take()
    {
        lock (_gate)
        {
            if (!_queue.TryPeek(out var first))
            {
                _calls--;
                return null;
            }

            var (taken, bytes) = (new List<Waiting>(), 0L);
            while (bytes < options.CallBytes && _queue.TryPeek(out var next) && next.PartitionCount == first.PartitionCount)
            {
                taken.Add(_queue.Dequeue());
                bytes += next.Batch.Bytes.Length;
            }

            return taken;
        }
    }

    /// <summary>Writes batches while their owners wait: they are theirs again once their tasks end.</summary>
    private static OfferRequest Write(List<Waiting> taken)
    {
        // Not pooled: a call that was given up may still be on the line.
        var buffer = new ArrayBufferWriter<byte>(taken.Sum(waiting => waiting.Batch.Bytes.Length + (128 * waiting.Batch.Events.Length) + 64));
        foreach (var waiting in taken)
            EventBatchCodec.Write(waiting.Batch, buffer);
        return new OfferRequest(taken[0].PartitionCount, taken.Count, buffer.WrittenMemory);
    }

    private sealed class Waiting(EventBatch batch, int partitionCount)
        : TaskCompletionSource<IntakeResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public EventBatch Batch { get; } = batch;

        public int PartitionCount { get; } = partitionCount;
    }
}
