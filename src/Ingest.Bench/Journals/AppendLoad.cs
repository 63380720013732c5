using System.Diagnostics;
using Ingest.Engine;

namespace Ingest.Bench;

/// <summary>What a load of appends brought.</summary>
/// <param name="Appends">Appends begun and committed within the measured time.</param>
/// <param name="AllAppends">All of them, warm-up included.</param>
/// <param name="Seconds">The measured time.</param>
/// <param name="P50">Median time of one append, in milliseconds.</param>
/// <param name="P99">The 99th percentile of it.</param>
internal sealed record AppendLoadResult(long Appends, long AllAppends, double Seconds, double P50, double P99)
{
    public double AppendsPerSecond => Appends / Seconds;
}

/// <summary>Partitions that append to a journal: each has one append under way, as partitions of the product have.</summary>
internal sealed class AppendLoad(IJournal journal, AppendShape shape, int partitions)
{
    public const string Source = "bench";

    /// <summary>As the product's dedupe window at this load: nothing is forgotten while it is measured.</summary>
    private const long Window = long.MaxValue;

    /// <summary>Loads the journal for a bounded time.</summary>
    /// <param name="warmUp">Appended before anything is counted.</param>
    /// <param name="measure">How long to count.</param>
    /// <param name="appendsPerSecond">
    /// A steady rate over all partitions; null for as fast as it goes. Where an append is late because the one before it was,
    /// its time counts from when it was due.
    /// </param>
    public async Task<AppendLoadResult> RunAsync(TimeSpan warmUp, TimeSpan measure, double? appendsPerSecond = null)
    {
        var clock = Stopwatch.StartNew();
        var end = warmUp + measure;
        var latencies = new LatencyCounts();
        var counts = await Task.WhenAll(Enumerable.Range(0, partitions).Select(number => Task.Run(() => AppendAsync(number))));
        var appends = counts.Sum(count => count.Measured);
        if (appends == 0)
            throw new InvalidOperationException("No append began and ended within the measured time; measure for longer.");
        return new AppendLoadResult(
            appends, counts.Sum(count => count.All), measure.TotalSeconds, latencies.Percentile(0.5), latencies.Percentile(0.99));

        async Task<(long Measured, long All)> AppendAsync(int number)
        {
            long measured = 0, all = 0;
            var period = appendsPerSecond is { } rate ? TimeSpan.FromSeconds(partitions / rate) : TimeSpan.Zero;
            var due = period * number / partitions;
            for (var seq = 1L; clock.Elapsed < end; seq++, due += period)
            {
                var append = shape.Append(new PartitionId(Source, number), partitions, seq, Window);
                var began = appendsPerSecond is null ? clock.Elapsed : await UntilAsync(clock, due);
                var result = await journal.AppendAsync(append, CancellationToken.None);
                var ended = clock.Elapsed;
                if (result.Outcome != JournalOutcome.Committed)
                    throw new InvalidOperationException($"An append ended with {result}.");
                all++;
                if (began < warmUp || ended > end)
                    continue;
                measured++;
                latencies.Add(ended - began);
            }

            return (measured, all);
        }
    }

    /// <summary>Waits until something is due.</summary>
    /// <returns>From when on it is to be timed: when it was due where that is past, else now. Timers are late; that is not the journal's.</returns>
    private static async Task<TimeSpan> UntilAsync(Stopwatch clock, TimeSpan due)
    {
        var left = due - clock.Elapsed;
        if (left <= TimeSpan.Zero)
            return due;
        await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)));
        return clock.Elapsed;
    }
}
