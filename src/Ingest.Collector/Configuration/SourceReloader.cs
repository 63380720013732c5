using Microsoft.Extensions.Logging;

namespace Ingest.Collector;

/// <summary>
/// Puts changed sources and schemas in force without a restart. It looks at the files every few seconds, less often where they
/// are many, since watches miss changes on network and container mounts. A version with a mistake changes nothing but the log.
/// </summary>
public sealed class SourceReloader
{
    /// <summary>How often files are looked at by default.</summary>
    public static readonly TimeSpan DefaultPeriod = TimeSpan.FromSeconds(2);

    /// <summary>Pauses are this many times as long as looking takes: ten thousand files are not looked at every two seconds.</summary>
    private const int PausePerLook = 100;

    /// <summary>Longest pause between two looks, however long they take.</summary>
    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(1);

    private readonly string _folder;
    private readonly CollectorConfiguration _configuration;
    private readonly TimeProvider _time;
    private readonly CollectorLog _log;
    private string _seen;

    // The last look and the one before it: where a single one took long, the machine was busy, not the files many.
    private (TimeSpan Last, TimeSpan Before) _looks;

    /// <param name="folder">The configuration folder.</param>
    /// <param name="configuration">What was read from it; its catalogue is kept up to date.</param>
    /// <param name="time">Drives the looking.</param>
    /// <param name="logger">Hears of each change and each mistake.</param>
    public SourceReloader(
        string folder, CollectorConfiguration configuration, TimeProvider time, ILogger<SourceReloader> logger)
    {
        _folder = folder;
        _configuration = configuration;
        _time = time;
        _log = new CollectorLog(logger, time);
        _seen = configuration.State;
    }

    /// <summary>Looks and reloads until cancelled.</summary>
    /// <param name="period">How often, unless looking takes long.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(TimeSpan period, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await Task.Delay(NextPause(period), _time, cancellation);
                TryReloadSafely();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    /// <summary>Reloads where any file changed since the last look.</summary>
    /// <returns>True where another version is in force now.</returns>
    public bool TryReload()
    {
        var began = _time.GetTimestamp();
        var looked = SourceFolder.State(_folder);
        _looks = (_time.GetElapsedTime(began), _looks.Last);
        if (looked is not { } state || state == _seen)
            return false;
        _seen = state;
        var errors = new List<ConfigurationError>();
        var sources = SourceFolder.Read(_folder, _configuration.Settings, errors);
        foreach (var error in errors)
            _log.BadSources(error);
        if (sources is null)
            return false;
        _configuration.Catalogue.Replace(sources);
        _log.SourcesReloaded(sources.All.Count - 1);
        return true;
    }

    private TimeSpan NextPause(TimeSpan period)
    {
        var look = Math.Min(_looks.Last.Ticks, _looks.Before.Ticks);
        return TimeSpan.FromTicks(Math.Max(period.Ticks, Math.Min(PausePerLook * look, PauseMax.Ticks)));
    }

    /// <summary>A fault of one look must not end the looking: nothing would be reloaded any more, and nobody would know.</summary>
    private void TryReloadSafely()
    {
        try
        {
            TryReload();
        }
        catch (Exception e)
        {
            _log.ReloadFailed(e);
        }
    }
}
