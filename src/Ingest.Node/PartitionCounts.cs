using System.Collections.Concurrent;
using Ingest.Collector;
using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Node;

/// <summary>
/// The numbers of partitions in the single process. The journal's number of a source holds; where the configuration wants
/// more, the source is split, and goes on with its old number until that is done. A number never falls.
/// </summary>
/// <remarks>
/// An old number is always safe to use: the journal refuses what was written under it after the split, and the partition
/// then names the new one. So a split that is refused, or whose outcome is unknown, is only tried again.
/// </remarks>
internal sealed class PartitionCounts(
    SourceCatalogue sources, IJournal journal, HostingOptions options, TimeProvider time, HostingLog log)
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Of each source, what was said last of the number that it wants and does not get: once is enough.</summary>
    private readonly Dictionary<string, (int Wanted, string? Reason)> _told = new(StringComparer.Ordinal);

    /// <summary>The number of a source now. Any thread may ask.</summary>
    public int Of(string source) => _counts.TryGetValue(source, out var count) ? count : FirstOf(source);

    /// <summary>Takes note of a higher number that a partition told.</summary>
    public void Learn(string source, int count) =>
        _counts.AddOrUpdate(source, count, (_, known) => Math.Max(known, count));

    /// <summary>Reads the journal's numbers and raises them where the configuration wants more; before the first event.</summary>
    /// <exception cref="JournalUnavailableException">The journal cannot be read.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        foreach (var (source, count) in await journal.ReadPartitionCountsAsync(cancellation))
            Learn(source, count);
        await RaiseAsync();
    }

    /// <summary>Does the same for changed sources, and for splits that failed, until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.SplitPeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                await RaiseAsync();
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>The first number of a source never written is the configuration's. From its first use on it is the source's.</summary>
    private int FirstOf(string source) =>
        _counts.GetOrAdd(source, sources.TryGet(RelaySource.PlainOf(source), out var configured) ? configured.Partitions : 1);

    private async Task RaiseAsync()
    {
        foreach (var source in sources.Current.All)
        {
            await RaiseAsync(source.Name, source.Partitions);
            // Where events of it wait to be relayed, their partitions follow.
            if (RelaySource.Of(source.Name) is var relay && _counts.ContainsKey(relay))
                await RaiseAsync(relay, source.Partitions);
        }
    }

    private async Task RaiseAsync(string source, int wanted)
    {
        var present = Of(source);
        if (wanted > present)
            await SplitAsync(source, wanted, present);
        else if (wanted == present)
            _told.Remove(source);
        else if (IsNews(source, wanted, reason: null))
            log.CountNotLowered(source, wanted, present);
    }

    private async Task SplitAsync(string source, int wanted, int from)
    {
        var to = PartitionNumbers.NextFrom(from, wanted);
        using var timeout = new CancellationTokenSource(options.SplitTimeout, time);
        var result = to <= PartitionNumbers.Max
            ? await journal.SplitAsync(source, from, to, timeout.Token)
            : new JournalResult(JournalOutcome.Refused, $"it is not among the multiples of {from} up to {PartitionNumbers.Max}");
        if (result.Outcome == JournalOutcome.Committed)
        {
            Learn(source, to);
            log.SourceSplit(source, from, to);
        }
        else if (IsNews(source, wanted, result.Reason))
            log.NotSplit(source, from, to, result.Reason);
    }

    private bool IsNews(string source, int wanted, string? reason)
    {
        var news = (wanted, reason);
        if (_told.TryGetValue(source, out var told) && told == news)
            return false;
        _told[source] = news;
        return true;
    }
}
