namespace Ingest.EndToEnd;

/// <summary>The promise: what a tracker counts as sent is in the lake once, however often the server dies on the way.</summary>
public sealed class KilledServerTests
{
    private const int Kills = 10;

    /// <summary>Every so many kills are of a silo, where Orleans can be had: it starts in three times the time of the single process.</summary>
    private const int SiloEvery = 3;

    [Fact]
    public async Task Ten_kills_lose_nothing_and_double_nothing()
    {
        NodeModules.Require();
        var random = TestSeed.Next();
        var oracle = new ConservationOracle();
        await using var installation = new Installation();
        await installation.StartAsync();
        // Every third event is a request of its own, one after the other: more, and the test ends with waiting for those.
        await using var tracker = SnowplowTracker.Start(oracle, installation.Url, eventsPerSecond: 50);
        using var pixels = PixelClient.Start(oracle, installation.Url);

        for (var kill = 0; kill < Kills; kill++)
        {
            await oracle.Acknowledged.AtLeastAsync(oracle.Acknowledged.Value + random.Next(20, 300), Deadline.Delivery);
            await installation.KillAsync();
            installation.Runtime = (kill + 1) % SiloEvery == 0 ? null : "node";
            if (random.Next(3) == 0)
                await KillAtStartAsync(installation, random);
            await installation.StartAsync();
        }

        await tracker.FinishAsync();
        await pixels.FinishAsync();
        await installation.StopAsync();

        Assert.True(tracker.Failures.Value > 0, "The tracker has not met a single failure: the kills missed it.");
        await Verdict.AssertConservedAsync(installation, oracle);
    }

    /// <summary>Dies again on the way up, anywhere from its first instruction to the first requests.</summary>
    private static async Task KillAtStartAsync(Installation installation, Random random)
    {
        await installation.BeginStartAsync();
        await Task.Delay(random.Next(0, 1_000));
        await installation.KillAsync();
    }
}
