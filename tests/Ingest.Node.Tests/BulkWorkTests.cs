using Ingest.Hosting;

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
    public async Task Its_fault_is_that_of_its_task() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => ThreadPoolScheduler.Instance.RunBulk(async () =>
        {
            await Task.Yield();
            throw new InvalidOperationException();
        }));
}
