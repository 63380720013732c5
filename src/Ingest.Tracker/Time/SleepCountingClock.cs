using System.Runtime.InteropServices;

namespace Ingest.Tracker;

/// <summary>The clock of Unix systems that goes on while the device sleeps.</summary>
internal static class SleepCountingClock
{
    /// <summary>CLOCK_BOOTTIME of Linux and Android.</summary>
    private const int LinuxClock = 7;

    /// <summary>CLOCK_MONOTONIC of Apple's systems, where it counts sleep.</summary>
    private const int AppleClock = 6;

    private static readonly int? Clock = Platform.IsLinux ? LinuxClock : Platform.IsApple ? AppleClock : null;

    /// <summary>Reads it.</summary>
    /// <returns>False where there is none.</returns>
    public static bool TryRead(out TimeSpan elapsed)
    {
        elapsed = default;
        if (Clock is not { } clock)
            return false;
        try
        {
            if (Read(clock, out var time) != 0)
                return false;
            elapsed = new TimeSpan((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100));
            return true;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Read(int clock, out UnixTime time);

    /// <summary>struct timespec: both fields have the size of a pointer, on 32 bits too.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct UnixTime
    {
        private readonly nint _seconds;
        private readonly nint _nanoseconds;

        public long Seconds => _seconds;

        public long Nanoseconds => _nanoseconds;
    }
}
