using System.Collections.Concurrent;
using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>Where reads run.</summary>
public sealed class SqliteReadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>A shipper's bounds would hold for what it does with the bytes, and not for reading them.</summary>
    [Fact]
    public async Task A_batch_is_read_where_its_reader_runs()
    {
        const int Blocks = 6;
        await using var journal = await SqliteFixture.OpenAsync(_folder);
        var blocks = Enumerable.Range(1, Blocks).Select(seq => Make.Block(seq, bodyBytes: 300_000)).ToArray();
        Assert.Equal(JournalResult.Committed, await journal.AppendAsync(Make.Append(Make.Shop, blocks), Cancellation));
        var seal = Make.Seal(Make.Shop, blocks);
        Assert.Equal(JournalResult.Committed, await journal.SealAsync(seal, Cancellation));

        var scheduler = new PumpedScheduler();
        var reading = Task.Factory.StartNew(
            () => journal.ReadBatchAsync(seal.Batch, Cancellation).CountAsync(Cancellation).AsTask(), Cancellation, TaskCreationOptions.None, scheduler).Unwrap();
        // Whatever is to be done next is queued: what runs elsewhere leaves the queue empty meanwhile.
        var waits = 0;
        while (!reading.IsCompleted)
        {
            if (!scheduler.RunNext())
                waits++;
        }

        Assert.Equal(0, waits);
        Assert.Equal(Blocks, await reading);
    }

    /// <summary>Runs what is queued when it is told to.</summary>
    private sealed class PumpedScheduler : TaskScheduler
    {
        private readonly ConcurrentQueue<Task> _queue = new();

        /// <returns>False where nothing is queued.</returns>
        public bool RunNext() => _queue.TryDequeue(out var next) && TryExecuteTask(next);

        protected override IEnumerable<Task> GetScheduledTasks() => _queue;

        protected override void QueueTask(Task task) => _queue.Enqueue(task);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
    }
}
