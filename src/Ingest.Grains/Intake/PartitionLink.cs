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
        var buffer = new ArrayBufferWriter<byte>();
        while (Take(buffer) is { } taken)
        {
            try
            {
                var request = new OfferRequest(taken[0].PartitionCount, taken.Count, buffer.WrittenMemory.ToArray());
                using var timeout = new CancellationTokenSource(options.CallTimeout);
                var reply = await partition.OfferAsync(request, timeout.Token).WaitAsync(timeout.Token);
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

    /// <summary>
    /// Takes what goes into one call, and writes it while its owners still wait: a batch is theirs again once its task ends.
    /// </summary>
    private List<Waiting>? Take(ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        lock (_gate)
        {
            if (_queue.Count == 0)
            {
                _calls--;
                return null;
            }

            var taken = new List<Waiting>();
            while (_queue.TryPeek(out var next)
                && (taken.Count == 0 || next.PartitionCount == taken[0].PartitionCount)
                && buffer.WrittenCount < options.CallBytes)
            {
                EventBatchCodec.Write(next.Batch, buffer);
                taken.Add(_queue.Dequeue());
            }

            return taken;
        }
    }

    private sealed class Waiting(EventBatch batch, int partitionCount)
        : TaskCompletionSource<IntakeResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public EventBatch Batch { get; } = batch;

        public int PartitionCount { get; } = partitionCount;
    }
}
