using System.Diagnostics;

namespace Ingest.Tracker;

/// <summary>The clocks of the operating system.</summary>
internal sealed class SystemTrackerClock : TrackerClock
{
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";

    public override DateTimeOffset UtcNow => DateTimeOffset.UtcNow;

    // The framework's own clock stands still while the device sleeps, but not that of Windows.
    public override TimeSpan Elapsed => !Platform.IsWindows && SleepCountingClock.TryRead(out var elapsed)
        ? elapsed
        : TimeSpan.FromSeconds(Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency);

    public override string? Epoch { get; } = FindEpoch();

    public override Task DelayAsync(TimeSpan pause, CancellationToken cancellation) => Task.Delay(pause, cancellation);

    /// <summary>The start of the device where it has a name, so that values compare between processes; else this process.</summary>
    private static string? FindEpoch()
    {
        if (!Platform.IsWindows && !SleepCountingClock.TryRead(out _))
            return null;
        try
        {
            if (File.Exists(BootIdFile))
                return File.ReadAllText(BootIdFile).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A sandbox may hide it. Then this process is all that is known.
        }
        return Guid.NewGuid().ToString("N");
    }
}
