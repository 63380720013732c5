using Ingest.Hosting;
using Microsoft.Extensions.Hosting;

namespace Ingest.Grains;

/// <summary>
/// The work of a silo beside its grains, from when it is part of the cluster until it leaves: wakes partitions that are
/// due, watches the journal, keeps the numbers of partitions up to date, and sees to it that every lane ships.
/// </summary>
public sealed class SiloMember(
    SiloServices silo,
    PartitionCountsCache counts,
    Balancer balancer,
    IGrainFactory grains,
    ILocalSiloDetails where,
    TimeProvider time,
    GrainLog log) : BackgroundService
{
    private static readonly TimeSpan LanePause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        log.Joined(where.Name, silo.Roles);
        silo.Health.Started();
        await Task.WhenAll(
            silo.Partitions.RunClockAsync(stoppingToken),
            new JournalWatch(silo.Journal, silo.Health, silo.Options, time).RunAsync(stoppingToken),
            counts.RunAsync(stoppingToken),
            balancer.RunAsync(stoppingToken),
            StartLanesAsync(stoppingToken));
    }

    private async Task StartLanesAsync(CancellationToken stop)
    {
        for (var lane = 0; lane < GrainOptions.Lanes && !stop.IsCancellationRequested;)
        {
            try
            {
                await grains.GetGrain<IShipperGrain>(lane).EnsureAsync();
                lane++;
            }
            catch (Exception exception) when (!stop.IsCancellationRequested)
            {
                log.LanesNotStarted(exception);
                await Task.Delay(LanePause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
