using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>
/// Tells when a partition has taken much of a core for long: with its turns, which run one at a time, or with the compression
/// of its blocks, which several cores may do. More partitions help then: their silos share both.
/// </summary>
internal sealed class PressureGauge(HostingOptions options)
{
    private long _turns;
    private long _encoding;
    private (Instant At, long Turns, long Encoding) _last;
    private int _windows;

    public void TurnTook(TimeSpan time) => Volatile.Write(ref _turns, _turns + time.Ticks);

    /// <summary>Compression took this long; any thread says so.</summary>
    public void Encoded(TimeSpan time) => Interlocked.Add(ref _encoding, time.Ticks);

    /// <summary>True once the partition was busy for <see cref="HostingOptions.PressureWindows"/> windows on end. One thread asks.</summary>
    public bool IsHigh(Instant now)
    {
        var window = now - _last.At;
        if (window < options.PressureWindow && window >= TimeSpan.Zero)
            return false;
        var (turns, encoding) = (Volatile.Read(ref _turns), Volatile.Read(ref _encoding));
        var busy = Math.Max(turns - _last.Turns, encoding - _last.Encoding);
        // A window that is not as long as it should be (the first, or after a leap of the clock) says nothing.
        var isBusy = window < 2 * options.PressureWindow && window > TimeSpan.Zero
            && busy >= options.PressureShare * window.Ticks;
        _last = (now, turns, encoding);
        _windows = isBusy ? _windows + 1 : 0;
        if (_windows < options.PressureWindows)
            return false;
        _windows = 0;
        return true;
    }
}
