using Ingest.Hosting;
using Microsoft.Extensions.Hosting;

namespace Ingest.Grains;

/// <summary>
/// The work of a silo beside its grains, from when it is part of the cluster until it leaves: wakes partitions that are
/// due, watches the journal, keeps the numbers of partitions up to date, and moves grains to where they should be.
/// </summary>
public sealed class SiloMember(
    SiloServices silo, PartitionCountsCache counts, Balancer balancer, ILocalSiloDetails where, TimeProvider time, GrainLog log)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        log.Joined(where.Name, silo.Roles);
        silo.Health.Started();
        return Task.WhenAll(
            silo.Partitions.RunClockAsync(stoppingToken),
            new JournalWatch(silo.Journal, silo.Health, silo.Options, time).RunAsync(stoppingToken),
            counts.RunAsync(stoppingToken),
            balancer.RunAsync(stoppingToken));
    }
}
