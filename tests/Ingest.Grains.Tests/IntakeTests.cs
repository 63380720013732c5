using Ingest.Engine;

namespace Ingest.Grains.Tests;

public sealed class IntakeTests
{
    [Fact]
    public async Task Events_offered_at_every_silo_reach_one_partition_and_the_lake()
    {
        await using var cluster = await IngestCluster.StartAsync();
        foreach (var (silo, i) in cluster.Silos.Select((silo, i) => (silo, i)))
        {
            Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await silo.SendAsync("shop", $"own {i}"));
            var same = await silo.SendAsync("shop", "same");
            Assert.Equal((IntakeOutcome.Stored, 1), (same.Outcome, same.Accepted + same.Duplicates));
        }

        Assert.Equal(1, cluster.Silos.Sum(silo => silo.Partitions.Count));
        await cluster.UntilShippedAsync();
        Assert.Equal(["own 0", "own 1", "own 2", "same"], (await cluster.ReadLakeAsync()).Order(StringComparer.Ordinal));
    }
}
