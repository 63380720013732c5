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
        Assert.Equal(0, scheduler.RunUntil(reading));
        Assert.Equal(Blocks, await reading);
    }

    /// <summary>Shippers whose threads hang in a lake, and those that wait for the threads, would keep partitions from being loaded.</summary>
    [Fact]
    public async Task Readers_that_wait_for_a_thread_keep_nobody_else_from_reading()
    {
        const int Readers = 10;
        await using var journal = await SqliteFixture.OpenAsync(_folder);
        Assert.Equal(JournalResult.Committed, await journal.AppendAsync(Make.Append(Make.Shop, Make.Block(1)), Cancellation));
        var seal = Make.Seal(Make.Shop, [Make.Block(1)]);
        Assert.Equal(JournalResult.Committed, await journal.SealAsync(seal, Cancellation));

        var scheduler = new PumpedScheduler();
        var reading = Enumerable.Range(0, Readers).Select(_ => Task.Factory.StartNew(
            () => journal.ReadBatchAsync(seal.Batch, Cancellation).CountAsync(Cancellation).AsTask(), Cancellation, TaskCreationOptions.None, scheduler).Unwrap()).ToArray();
        foreach (var _ in reading)
            Assert.True(scheduler.RunNext()); // Each as far as to where it waits for a thread.

        try
        {
            var status = await journal.ReadStatusAsync(Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
            Assert.Equal(1, status.PendingBatches);
        }
        finally
        {
            scheduler.RunUntil(Task.WhenAll(reading));
        }

        Assert.All(await Task.WhenAll(reading), chunks => Assert.Equal(1, chunks));
    }

    /// <summary>Runs what is queued when it is told to.</summary>
    private sealed class PumpedScheduler : TaskScheduler
    {
        private readonly ConcurrentQueue<Task> _queue = new();

        /// <returns>False where nothing is queued.</returns>
        public bool RunNext() => _queue.TryDequeue(out var next) && TryExecuteTask(next);

        /// <returns>How often nothing was queued.</returns>
        public int RunUntil(Task done)
        {
            var began = TimeProvider.System.GetTimestamp();
            var waits = 0;
            while (!done.IsCompleted)
            {
                Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(1), "no end within a minute");
                if (!RunNext())
                    waits++;
            }

            return waits;
        }

        protected override IEnumerable<Task> GetScheduledTasks() => _queue;

        protected override void QueueTask(Task task) => _queue.Enqueue(task);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
    }
}
