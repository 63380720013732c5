using System.Collections.Concurrent;
using Ingest.Collector;

namespace Ingest.Grains;

/// <summary>
/// What a silo knows of the numbers of partitions: asked from the catalogue grain at the start, for a source that appears,
/// and now and then. A number that has become stale is noticed by the partition.
/// </summary>
public sealed class PartitionCountsCache(SourceCatalogue sources, IGrainFactory grains, GrainOptions options, TimeProvider time, GrainLog log)
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private Task _asking = Task.CompletedTask;
    private long _version = -1;

    private ISourceCatalogueGrain Catalogue => grains.GetGrain<ISourceCatalogueGrain>(0);

    public bool TryGet(string source, out int count) => _counts.TryGetValue(source, out count);

    /// <summary>The number for a source that a partition is created for; 1 where nothing is known: the journal's word comes first.</summary>
    public int Of(string source) => _counts.GetValueOrDefault(source, 1);

    /// <summary>Takes note of a number that another one knows; a lower one than the known is old.</summary>
    public void Learn(string source, int count) =>
        _counts.AddOrUpdate(source, static (_, count) => count, static (_, known, count) => Math.Max(known, count), count);

    /// <summary>The number of a source not known yet; 0 where it cannot be had now.</summary>
    public async ValueTask<int> EnsureAsync(string source)
    {
        try
        {
            // Twice: a question that was under way may be older than the source.
            for (var i = 0; i < 2 && !_counts.ContainsKey(source); i++)
                await AskAsync().WaitAsync(options.CallTimeout, time);
        }
        catch (TimeoutException exception)
        {
            log.CountsUnknown(exception);
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
                await AskAsync().WaitAsync(stop);
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    /// <summary>Asks once for all who want to know at the same time. Never fails.</summary>
    private Task AskAsync()
    {
        lock (_gate)
            return _asking.IsCompleted ? _asking = Task.Run(AskAloneAsync) : _asking;
    }

    private async Task AskAloneAsync()
    {
        try
        {
            // Of what the configuration wants and does not have yet, a part may be refused: it is asked for again each time.
            var wanted = sources.All
                .Where(source => source.Partitions > _counts.GetValueOrDefault(source.Name))
                .ToDictionary(source => source.Name, source => source.Partitions, StringComparer.Ordinal);
            var told = wanted.Count > 0 ? await Catalogue.EnsureAsync(wanted) : await Catalogue.GetAsync(_version);
            if (told is not null)
                Take(told);
        }
        catch (Exception exception)
        {
            // What is known stays good enough: partitions correct it.
            log.CountsUnknown(exception);
        }
    }

    private void Take(PartitionCounts counts)
    {
        foreach (var (source, count) in counts.Counts)
            Learn(source, count);
        _version = counts.Version;
    }
}
