using System.Diagnostics;

namespace Ingest.Simulation;

/// <summary>Runs the histories of many seeds, one a core at a time.</summary>
/// <param name="firstSeed">The first one.</param>
/// <param name="count">Number of seeds.</param>
/// <param name="longest">Ends after this time, however many are left.</param>
internal sealed class SeedRunner(int firstSeed, int count, TimeSpan longest)
{
    /// <summary>Failures after which it ends: more tell nothing new.</summary>
    public const int FailuresMax = 10;

    private readonly Stopwatch _time = new();
    private readonly List<HistoryResult> _failures = [];
    private int _started;
    private int _ended;
    private long _accepted;
    private long _spilled;
    private long _bridged;
    private long _simulatedTicks;

    /// <summary>Histories that ended.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>Time that it has taken.</summary>
    public TimeSpan Time => _time.Elapsed;

    /// <summary>Events accepted in all histories.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Requests spilled in all histories.</summary>
    public long Spilled => Interlocked.Read(ref _spilled);

    /// <summary>Objects delivered to a primary in all histories.</summary>
    public long Bridged => Interlocked.Read(ref _bridged);

    /// <summary>Virtual time of all histories.</summary>
    public TimeSpan Simulated => new(Interlocked.Read(ref _simulatedTicks));

    /// <summary>Those that broke a rule, by seed.</summary>
    public IReadOnlyList<HistoryResult> Failures
    {
        get
        {
            lock (_failures)
                return [.. _failures.OrderBy(failure => failure.Seed)];
        }
    }

    /// <summary>Runs them. Call it once.</summary>
    /// <param name="onFailure">Told of each failure, one at a time.</param>
    public void Run(Action<HistoryResult> onFailure)
    {
        _time.Start();
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() => Work(onFailure))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        _time.Stop();
    }

    private void Work(Action<HistoryResult> onFailure)
    {
        for (int number; (number = Interlocked.Increment(ref _started)) <= count && _time.Elapsed < longest;)
        {
            var result = History.Run(unchecked(firstSeed + number - 1));
            Interlocked.Increment(ref _ended);
            Interlocked.Add(ref _accepted, result.Accepted);
            Interlocked.Add(ref _spilled, result.Spilled);
            Interlocked.Add(ref _bridged, result.Bridged);
            Interlocked.Add(ref _simulatedTicks, result.Time.Ticks);
            if (result.Violation is null)
                continue;
            lock (_failures)
            {
                _failures.Add(result);
                if (_failures.Count <= FailuresMax)
                    onFailure(result);
                if (_failures.Count == FailuresMax)
                    Interlocked.Exchange(ref _started, count);
            }
        }
    }
}
