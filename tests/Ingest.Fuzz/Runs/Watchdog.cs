using System.Diagnostics;

namespace Ingest.Fuzz;

/// <summary>Watches what each worker is at, and names an input that takes too long.</summary>
/// <param name="longest">How long one input may take.</param>
internal sealed class Watchdog(TimeSpan longest)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Work> _work = [];

    /// <summary>A worker begins with an input.</summary>
    public void Begin(string target, long index, byte[] input)
    {
        lock (_lock)
            _work[Environment.CurrentManagedThreadId] = new Work(target, index, input, Stopwatch.GetTimestamp());
    }

    /// <summary>The worker of this thread has nothing to do.</summary>
    public void End()
    {
        lock (_lock)
            _work.Remove(Environment.CurrentManagedThreadId);
    }

    /// <summary>An input that takes too long; null where there is none.</summary>
    public Finding? Look(int seed)
    {
        lock (_lock)
        {
            foreach (var work in _work.Values)
            {
                if (Stopwatch.GetElapsedTime(work.Began) > longest)
                    return new Finding(
                        work.Target, "every input ends", $"runs for more than {longest.TotalSeconds:F0} s",
                        seed, work.Index, work.Input, IsAlone: false);
            }
        }
        return null;
    }

    private readonly record struct Work(string Target, long Index, byte[] Input, long Began);
}
