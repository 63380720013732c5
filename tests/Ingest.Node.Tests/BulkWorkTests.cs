using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Storage;

namespace Ingest.Node.Tests;

/// <summary>What copies and hashes much leaves processors to those who answer requests.</summary>
public sealed class BulkWorkTests
{
    [Fact]
    public async Task It_is_on_half_of_the_processors_at_most_also_after_it_waited()
    {
        const int StepsOfEach = 10;
        var works = 4 * Environment.ProcessorCount;
        var (running, most, steps) = (0, 0, 0);
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, works).Select(_ => ThreadPoolScheduler.Instance.RunBulk(WorkAsync)));
        Assert.InRange(most, 1, Math.Max(1, Environment.ProcessorCount / 2));
        Assert.Equal(works * StepsOfEach, steps);

        async Task WorkAsync()
        {
            for (var step = 0; step < StepsOfEach; step++)
            {
                var now = Interlocked.Increment(ref running);
                lock (gate)
                    most = Math.Max(most, now);
                Thread.Sleep(1);
                Interlocked.Decrement(ref running);
                Interlocked.Increment(ref steps);
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public async Task A_batch_is_put_as_bulk_work()
    {
        var lake = new SchedulerLake();
        await using var node = await TestNode.StartAsync(lake: lake, limits: new Limits { SealBytes = 1 });
        await node.SendAsync("shop", "a");
        Assert.Equal(Math.Max(1, Environment.ProcessorCount / 2), await lake.Level.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Its_fault_is_that_of_its_task() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => ThreadPoolScheduler.Instance.RunBulk(async () =>
        {
            await Task.Yield();
            throw new InvalidOperationException();
        }));

    /// <summary>A lake that notes where it is first put into.</summary>
    private sealed class SchedulerLake : ILake
    {
        private readonly TaskCompletionSource<int> _level = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly MemoryLake _inner = new();

        /// <summary>How many may put at once.</summary>
        public Task<int> Level => _level.Task;

        public string Description => _inner.Description;

        public ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation)
        {
            _level.TrySetResult(TaskScheduler.Current.MaximumConcurrencyLevel);
            return _inner.PutAsync(lakeObject, cancellation);
        }

        public ValueTask<LakeEntry?> FindAsync(string key, CancellationToken cancellation) => _inner.FindAsync(key, cancellation);

        public IAsyncEnumerable<LakeEntry> ListAsync(string prefix, CancellationToken cancellation) => _inner.ListAsync(prefix, cancellation);

        public ValueTask<Stream?> OpenReadAsync(string key, CancellationToken cancellation) => _inner.OpenReadAsync(key, cancellation);

        public ValueTask DeleteAsync(string key, CancellationToken cancellation) => _inner.DeleteAsync(key, cancellation);
    }
}
