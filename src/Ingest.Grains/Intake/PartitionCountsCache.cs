using System.Collections.Concurrent;
using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Grains;

/// <summary>
/// What a silo knows of the numbers of partitions: asked from the catalogue grain at the start, for a source that appears,
/// and now and then. A number that has become stale is noticed by the partition.
/// </summary>
public sealed class PartitionCountsCache(
    SourceCatalogue sources, IGrainFactory grains, GrainOptions options, TimeProvider time, GrainLog log)
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private Task _asking = Task.CompletedTask;
    private long? _askedAt;
    private SourceSet? _ensured;
    private HashSet<string> _ensuredRelays = [];

    // Relay sources that were asked for: they get as many partitions as the sources that they are of.
    private readonly ConcurrentDictionary<string, bool> _relays = new(StringComparer.Ordinal);
    private long _version = -1;

    /// <summary>The number of a source; 0 where it cannot be had now.</summary>
    public ValueTask<int> GetAsync(string source) =>
        _counts.TryGetValue(source, out var count) ? ValueTask.FromResult(count) : AskForAsync(source);

    /// <summary>Takes note of a higher number that a partition told.</summary>
    public void Learn(string source, int count) =>
        _counts.AddOrUpdate(source, count, (_, known) => Math.Max(known, count));

    /// <summary>Keeps the numbers up to date until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.CountsPeriod, time);
        try
        {
            do
            {
                await Ask().WaitAsync(stop);
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private async ValueTask<int> AskForAsync(string source)
    {
        // Unknown ones are ensured with the next question, and from then on with all others.
        if (RelaySource.IsRelay(source))
            _relays.TryAdd(source, true);
        try
        {
            await Ask().WaitAsync(options.CallTimeout, time);
            if (!_counts.ContainsKey(source))
            {
                // The question may have been older than the source.
                await Task.Delay(options.CountsPause, time);
                await Ask().WaitAsync(options.CallTimeout, time);
            }
        }
        catch (TimeoutException)
        {
            // It may come with a later answer.
        }

        return _counts.GetValueOrDefault(source);
    }

    /// <summary>Asks, or joins those who wait for the answer already. Never fails, and not more often than the pause allows.</summary>
    private Task Ask()
    {
        lock (_gate)
        {
            var isFresh = _askedAt is { } asked && time.GetElapsedTime(asked) < options.CountsPause;
            if (!_asking.IsCompleted || isFresh)
                return _asking;
            _askedAt = time.GetTimestamp();
            return _asking = Task.Run(AskAsync);
        }
    }

    private async Task AskAsync()
    {
        try
        {
            var catalogue = grains.GetGrain<ISourceCatalogueGrain>(0);
            var current = sources.Current;
            if (_ensured == current && _relays.Keys.All(_ensuredRelays.Contains))
            {
                Take(await catalogue.GetAsync(_version));
                return;
            }

            var wanted = current.All.ToDictionary(source => source.Name, source => source.Partitions, StringComparer.Ordinal);
            string[] relays = [.. _relays.Keys];
            foreach (var relay in relays)
                wanted[relay] = wanted.GetValueOrDefault(RelaySource.PlainOf(relay), 1);
            Take(await catalogue.EnsureAsync(wanted));
            // What was refused may be granted later: it is asked for again.
            if (wanted.All(source => _counts.GetValueOrDefault(source.Key) >= source.Value))
                (_ensured, _ensuredRelays) = (current, relays.ToHashSet(StringComparer.Ordinal));
        }
        catch (Exception exception)
        {
            // What is known stays good enough: partitions correct it.
            log.OnCountsUnknown(exception);
        }
    }

    private void Take(PartitionCounts? changed)
    {
        if (changed is null)
            return;
        foreach (var (source, count) in changed.Counts)
            _counts[source] = count;
        _version = changed.Version;
    }
}
