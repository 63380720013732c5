using Ingest.Collector;
using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Node;

/// <summary>
/// The numbers of partitions in the single process. The journal's number of a source holds; where the configuration wants
/// more, the source is split before the new number is used. A number never falls.
/// </summary>
internal sealed class PartitionCounts(
    SourceCatalogue sources, IJournal journal, HostingOptions options, TimeProvider time, HostingLog log) : IDisposable
{
    private readonly SemaphoreSlim _changing = new(1);
    private Known _known = new(null, new Dictionary<string, int>(StringComparer.Ordinal));

    /// <summary>The number of a source. Waits where the configuration has changed and the source must be split first.</summary>
    public ValueTask<int> GetAsync(string source) => _known.Sources == sources.Current
        ? ValueTask.FromResult(Of(source))
        : ChangeAsync(source);

    /// <summary>The number of a source as far as it is known.</summary>
    public int Of(string source) => _known.Counts.GetValueOrDefault(source, 1);

    public void Dispose() => _changing.Dispose();

    private async ValueTask<int> ChangeAsync(string source)
    {
        await _changing.WaitAsync();
        try
        {
            if (_known.Sources != sources.Current)
                _known = await ReadAsync(sources.Current);
            return Of(source);
        }
        catch (Exception exception) when (exception is JournalUnavailableException or OperationCanceledException)
        {
            log.CountsNotRead(exception);
            return 0;
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task<Known> ReadAsync(SourceSet current)
    {
        using var timeout = new CancellationTokenSource(options.LoadTimeout, time);
        var stored = await journal.ReadPartitionCountsAsync(timeout.Token);
        var counts = new Dictionary<string, int>(stored, StringComparer.Ordinal);
        foreach (var source in current.All)
        {
            var present = counts.GetValueOrDefault(source.Name);
            if (present == 0)
                counts[source.Name] = source.Partitions;
            else if (source.Partitions > present)
                counts[source.Name] = await SplitAsync(source, present, timeout.Token);
            else if (source.Partitions < present)
                log.CountNotLowered(source.Name, source.Partitions, present);
        }

        return new Known(current, counts);
    }

    private async Task<int> SplitAsync(Source source, int from, CancellationToken cancellation)
    {
        var to = PartitionNumbers.NextFrom(from, source.Partitions);
        var result = to <= PartitionNumbers.Max
            ? await journal.SplitAsync(source.Name, from, to, cancellation)
            : new JournalResult(JournalOutcome.Refused, $"{to} is above {PartitionNumbers.Max}");
        if (result.Outcome == JournalOutcome.Committed)
        {
            log.SourceSplit(source.Name, from, to);
            return to;
        }

        if (result.Outcome == JournalOutcome.Unknown)
            throw new JournalUnavailableException($"{source.Name}: it is not known whether the split was stored: {result.Reason}");
        log.NotSplit(source.Name, from, to, result.Reason);
        return from;
    }

    private sealed record Known(SourceSet? Sources, IReadOnlyDictionary<string, int> Counts);
}
