using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Ingest.Collector;

/// <summary>
/// Puts changed sources and schemas in force without a restart. It looks at the files every few seconds, since watches
/// miss changes on network and container mounts. A version with a mistake changes nothing but the log.
/// </summary>
public sealed class SourceReloader
{
    /// <summary>How often files are looked at by default.</summary>
    public static readonly TimeSpan DefaultPeriod = TimeSpan.FromSeconds(2);

    private readonly string _folder;
    private readonly CollectorConfiguration _configuration;
    private readonly TimeProvider _time;
    private readonly CollectorLog _log;
    private string _seen;

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
        // Not what is there now: a change between the first reading and here must not be missed.
        _seen = "";
    }

    /// <summary>Looks and reloads until cancelled.</summary>
    public async Task RunAsync(TimeSpan period, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
                TryReload();
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
        var state = State();
        if (state == _seen)
            return false;
        var isFirst = _seen.Length == 0;
        _seen = state;
        var errors = new List<ConfigurationError>();
        var sources = SourceFolder.Read(_folder, _configuration.Settings, errors);
        foreach (var error in errors)
            _log.BadSources(error);
        if (sources is null)
            return false;
        _configuration.Catalogue.Replace(sources);
        if (!isFirst)
            _log.SourcesReloaded(sources.All.Count - 1);
        return true;
    }

    /// <summary>Names, sizes and times of all files that sources are made of, as one hash.</summary>
    private string State()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            foreach (var folder in (string[])[SourceFolder.Name, "schemas"])
            {
                var directory = new DirectoryInfo(Path.Combine(_folder, folder));
                if (!directory.Exists)
                    continue;
                foreach (var file in directory.EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(f => f.FullName, StringComparer.Ordinal))
                    hash.AppendData(Encoding.UTF8.GetBytes($"{file.FullName}\n{file.Length}\n{file.LastWriteTimeUtc.Ticks}\n"));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file went away while we looked: the next look sees how it ended.
            return _seen;
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
