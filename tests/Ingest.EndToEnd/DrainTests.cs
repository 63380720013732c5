namespace Ingest.EndToEnd;

/// <summary>A server that is asked to end ships what it has, and leaves with exit code 0.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task What_was_acknowledged_just_before_is_in_the_lake_afterwards()
    {
        var oracle = new ConservationOracle();
        // Nothing is sealed by age: only the drain can bring it into the lake.
        await using var installation = new Installation { SealAge = "1h" };
        await installation.StartAsync();

        using var client = new PlainClient(installation.Url);
        await Parallel.ForAsync(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (request, _) =>
            await client.PostAsync(oracle, [.. Enumerable.Range(0, 50).Select(i => new PlainEvent($"late-{request}-{i}"))]));
        Assert.Empty(LakeReader.Read(installation.LakeFolder).Select(line => line.EventId));
        await installation.StopAsync();

        await Verdict.AssertConservedAsync(installation, oracle);
    }

    [Fact]
    public async Task Clients_that_go_on_posting_lose_nothing()
    {
        var oracle = new ConservationOracle();
        await using var installation = new Installation { Runtime = "node" };
        await installation.StartAsync();
        using var pixels = PixelClient.Start(oracle, installation.Url);
        await oracle.Acknowledged.AtLeastAsync(20, Deadline.Delivery);

        for (var stop = 0; stop < 3; stop++)
        {
            await installation.StopAsync();
            await installation.StartAsync();
            await oracle.Acknowledged.AtLeastAsync(oracle.Acknowledged.Value + 20, Deadline.Delivery);
        }

        await pixels.FinishAsync();
        await installation.StopAsync();
        await Verdict.AssertConservedAsync(installation, oracle);
    }
}
