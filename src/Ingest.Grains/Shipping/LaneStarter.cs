using Microsoft.Extensions.Hosting;

namespace Ingest.Grains;

/// <summary>Sees to it that every lane ships, manifests are written and the bridge delivers once a silo has joined. From then on notices, timers and reminders do.</summary>
public sealed class LaneStarter(IGrainFactory grains, SiloServices silo, TimeProvider time, GrainLog log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var lane = 0; lane < GrainOptions.Lanes && !stoppingToken.IsCancellationRequested;)
        {
            try
            {
                if (lane == 0)
                {
                    await grains.GetGrain<IManifestGrain>(0).EnsureAsync();
                    if (silo.Relays is not null)
                        await grains.GetGrain<IBridgeGrain>(0).EnsureAsync();
                }

                await grains.GetGrain<IShipperGrain>(lane).EnsureAsync();
                lane++;
            }
            catch (Exception exception)
            {
                // At the end of a silo nobody needs to know.
                if (!stoppingToken.IsCancellationRequested)
                    log.LanesNotStarted(exception);
                await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
