namespace Ingest.Hosting;

/// <summary>
/// Decides when something is said that happens again and again: once in a while, with how often it happened since. A log that
/// grows with the load or with the number of partitions would be the next thing to fail.
/// </summary>
public sealed class RareLog(TimeProvider time)
{
    /// <summary>Least time between two lines of one kind.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long? _saidAt;
    private int _since;

    /// <summary>Counts one more, and says whether to speak of it now.</summary>
    /// <param name="times">How often it happened since the last line, this time included.</param>
    public bool IsDue(out int times)
    {
        lock (_gate)
        {
            times = ++_since;
            if (_saidAt is { } said && time.GetElapsedTime(said) < Pause)
                return false;
            (_saidAt, _since) = (time.GetTimestamp(), 0);
            return true;
        }
    }
}
