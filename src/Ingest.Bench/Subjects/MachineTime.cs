using System.Globalization;

namespace Ingest.Bench;

/// <summary>What the machine's processors have done since it started, in ticks of all of them together (100 a second each on Linux).</summary>
/// <param name="All">All time, idle or not.</param>
/// <param name="Stolen">Time in which something was to run and the hypervisor ran others instead.</param>
public readonly record struct MachineTime(long All, long Stolen)
{
    // "cpu" user nice system idle iowait irq softirq steal; what follows is part of user and nice.
    private const int StolenAt = 7;

    /// <summary>As of now; null where the system does not say.</summary>
    public static MachineTime? Read()
    {
        const string path = "/proc/stat";
        return File.Exists(path) ? Parse(File.ReadLines(path).First()) : null;
    }

    /// <summary>Reads the first line of /proc/stat.</summary>
    internal static MachineTime? Parse(string line)
    {
        var ticks = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(StolenAt + 1)
            .Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return ticks.Length > StolenAt ? new MachineTime(ticks.Sum(), ticks[StolenAt]) : null;
    }
}
