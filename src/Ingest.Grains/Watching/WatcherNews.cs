using Microsoft.Extensions.Hosting;

namespace Ingest.Grains;

/// <summary>
/// Starts the region's watcher once a silo has joined, and keeps what it set at hand: any silo may be asked for it at
/// <c>/ready</c>, which must not wait for another one.
/// </summary>
public sealed class WatcherNews(SiloServices silo, IGrainFactory grains, TimeProvider time, GrainLog log) : BackgroundService
{
    /// <summary>How late news may be: well below the time for which a region must be down before traffic leaves it.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private volatile string? _automatic;
    private bool _isStarted;

    /// <summary>The setting that the watcher made and that stands, as far as this silo knows; null where there is none.</summary>
    public string? Automatic => _automatic;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (silo.CreateWatcher is not null && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                var watcher = grains.GetGrain<IWatcherGrain>(0);
                if (!_isStarted)
                    await watcher.EnsureAsync();
                _isStarted = true;
                _automatic = (await watcher.ReportAsync()).Automatic;
            }
            catch (Exception exception)
            {
                // What was known stays: the lever does not move because a silo is busy.
                if (!stoppingToken.IsCancellationRequested)
                    log.WatcherSilent(exception);
            }

            await Task.Delay(Period, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
