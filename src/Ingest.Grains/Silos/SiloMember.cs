using Ingest.Hosting;
using Microsoft.Extensions.Hosting;

namespace Ingest.Grains;

/// <summary>
/// The work of a silo beside its grains, from when it is part of the cluster until it leaves: wakes partitions that are
/// due, watches the journal, drains the spill, keeps the numbers of partitions up to date, and moves grains to where they should be.
/// </summary>
public sealed class SiloMember(
    SiloServices silo,
    PartitionCountsCache counts,
    Balancer balancer,
    MembershipCheck members,
    ILocalSiloDetails where,
    TimeProvider time,
    GrainLog log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        log.Joined(where.Name, silo.Roles);
        silo.Health.Started();
        using var any = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Task.WhenAll(
            RunAsync(silo.Partitions.RunClockAsync, any),
            RunAsync(new JournalWatch(silo.Journal, silo.Health, silo.Options, time, onBack: members.Ask).RunAsync, any),
            RunAsync(counts.RunAsync, any),
            RunAsync(silo.Relays is { } relays ? relays.State.WatchAsync : _ => Task.CompletedTask, any),
            RunAsync(silo.Spill is { } spill ? spill.RunAsync : _ => Task.CompletedTask, any),
            RunAsync(balancer.RunAsync, any));
    }

    /// <summary>None of the loops may end by a fault unseen: the others end too, and the host stops the process.</summary>
    private static async Task RunAsync(Func<CancellationToken, Task> loop, CancellationTokenSource any)
    {
        try
        {
            await loop(any.Token);
        }
        catch
        {
            await any.CancelAsync();
            throw;
        }
    }
}
