using System.Globalization;

namespace Ingest.Grains.Tests;

/// <summary>A silo that joins gets its share of the partitions, and no client notices.</summary>
public sealed class BalanceTests
{
    [Fact]
    public async Task A_silo_that_joins_takes_partitions_over_without_an_error()
    {
        string[] sources = [.. Enumerable.Range(0, 12).Select(i => string.Create(CultureInfo.InvariantCulture, $"s{i}"))];
        await using var cluster = await IngestCluster.StartAsync(new()
        {
            Silos = 2,
            Sources = sources.ToDictionary(source => source, _ => 2, StringComparer.Ordinal),
            Grains = ClusterSetup.Patient with { BalancePeriod = TimeSpan.FromMilliseconds(100), BalanceAfter = TimeSpan.FromMilliseconds(300) },
        });
        var loads = sources.Select(source => new Load(source, () => cluster.Silos).Start(clients: 1)).ToList();
        foreach (var load in loads)
            await load.UntilMoreAsync(10);
        var joined = await cluster.AddSiloAsync();
        await IngestCluster.UntilAsync(() => joined.Partitions.Count > 0 && cluster.Silos.Sum(silo => silo.Partitions.Count) == 24);
        foreach (var load in loads)
        {
            await load.UntilMoreAsync(10);
            await load.StopAsync();
        }

        Assert.All(loads, load => Assert.Empty(load.Errors));
        await cluster.AssertOnceInLakeAsync(loads.SelectMany(load => load.Stored));
    }
}
