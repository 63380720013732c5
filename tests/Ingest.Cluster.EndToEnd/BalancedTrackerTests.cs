namespace Ingest.Cluster.EndToEnd;

/// <summary>The whole way of an event: the official tracker, a balancer, three silos of which one dies.</summary>
public sealed class BalancedTrackerTests
{
    [Fact]
    public async Task The_official_tracker_behind_a_balancer_loses_nothing_when_a_silo_is_killed()
    {
        NodeModules.Require();
        HaProxy.Require();
        var oracle = new ConservationOracle();
        await using var cluster = await TestCluster.StartAsync(silos: 3);
        await using var balancer = await cluster.StartBalancerAsync();
        await using var tracker = SnowplowTracker.Start(oracle, balancer.Url, eventsPerSecond: 100);
        await MoreAsync();

        await MeasureAsync("One of three silos killed", cluster.Silos[0].KillAsync);
        await MeasureAsync("The silo started again", () => cluster.Silos[0].StartAsync());

        await tracker.FinishAsync();
        await cluster.AssertConservedAsync(oracle);

        Task MoreAsync() => oracle.Acknowledged.AtLeastAsync(oracle.Acknowledged.Value + 500, Deadline.Delivery);

        async Task MeasureAsync(string what, Func<Task> fault)
        {
            using var meter = AcknowledgementMeter.Start(oracle);
            var failures = tracker.Failures.Value;
            await fault();
            await MoreAsync();
            Progress.Measured($"{what}: {meter.Read()}; {tracker.Failures.Value - failures} requests of the tracker failed.");
        }
    }
}
