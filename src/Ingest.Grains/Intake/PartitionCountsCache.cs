using System.Collections.Concurrent;
using Ingest.Collector;
using Ingest.Hosting;

namespace Ingest.Grains;

/// <summary>
/// What a silo knows of the numbers of partitions: asked from the catalogue grain at the start, for a source that appears,
/// and now and then. A number that has become stale is noticed by the partition.
/// </summary>
public sealed class PartitionCountsCache(SourceCatalogue sources, IGrainFactory grains, GrainOptions options, TimeProvider time, GrainLog log)
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _asking = new(1);
    private SourceSet? _ensured;
    private long _version = -1;

    public bool TryGet(string source, out int count) => _counts.TryGetValue(source, out count);

    /// <summary>The number for a source that a partition is created for; 1 where nothing is known: the journal's word comes first.</summary>
    public int Of(string source) => _counts.GetValueOrDefault(source, 1);

    /// <summary>Takes note of a higher number that a partition told.</summary>
    public void Learn(string source, int count) =>
        _counts.AddOrUpdate(source, count, (_, known) => Math.Max(known, count));

    /// <summary>The number of a source not known yet; 0 where it cannot be had now.</summary>
    public async ValueTask<int> EnsureAsync(string source)
    {
        await _asking.WaitAsync();
        try
        {
            if (!_counts.ContainsKey(source))
                await EnsureAllAsync();
        }
        catch (Exception exception)
        {
            log.CountsUnknown(exception);
        }
        finally
        {
            _asking.Release();
        }

        return _counts.GetValueOrDefault(source);
    }

    /// <summary>Keeps the numbers up to date until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.CountsPeriod, time);
        try
        {
            do
            {
                await RefreshAsync(stop);
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private async Task RefreshAsync(CancellationToken stop)
    {
        await _asking.WaitAsync(stop);
        try
        {
            if (_ensured != sources.Current)
                await EnsureAllAsync();
            else if (await Catalogue.GetAsync(_version) is { } changed)
                Take(changed);
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            // What is known stays good enough: partitions correct it.
            log.CountsUnknown(exception);
        }
        finally
        {
            _asking.Release();
        }
    }

    private async Task EnsureAllAsync()
    {
        var current = sources.Current;
        Take(await Catalogue.EnsureAsync(current.All.ToDictionary(source => source.Name, source => source.Partitions, StringComparer.Ordinal)));
        _ensured = current;
    }

    private void Take(PartitionCounts counts)
    {
        foreach (var (source, count) in counts.Counts)
            Learn(source, count);
        _version = counts.Version;
    }

    private ISourceCatalogueGrain Catalogue => grains.GetGrain<ISourceCatalogueGrain>(0);
}
