using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Node.Tests;

/// <summary>When an actor reads its partition, and when it goes.</summary>
public sealed class PartitionActorTimeTests
{
    [Fact]
    public async Task A_clock_that_is_set_back_does_not_stretch_the_pause_before_a_partition_is_read_again()
    {
        var time = new SteppingTime();
        await using var node = await TestNode.StartAsync(time: time);
        node.Journal.IsReadable = false;
        Assert.Equal(IntakeOutcome.Unavailable, (await node.SendAsync("shop", "a")).Outcome);

        time.Offset = -TimeSpan.FromHours(1);
        node.Journal.IsReadable = true;
        await TestNode.UntilAsync(async () => (await node.SendAsync("shop", "a")).Outcome == IntakeOutcome.Stored);
    }

    [Fact]
    public async Task An_actor_that_is_never_asked_for_anything_goes_too()
    {
        var options = new HostingOptions { IdleAge = TimeSpan.FromMilliseconds(1) };
        await using var node = await TestNode.StartAsync(options: options);
        var retired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Host.Partitions.Attach(new PartitionId("shop", 7), retired.SetResult);
        await TestNode.UntilAsync(() => Task.FromResult(retired.Task.IsCompleted));
        Assert.Equal(0, node.Host.Partitions.Count);
    }

    /// <summary>A wall clock that can be set.</summary>
    private sealed class SteppingTime : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
