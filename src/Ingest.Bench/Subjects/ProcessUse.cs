using System.Diagnostics;
using System.Globalization;

namespace Ingest.Bench;

/// <summary>What processes have taken.</summary>
/// <param name="ResidentBytes">Their resident memory now, in bytes.</param>
/// <param name="Cpu">Processor time since they started.</param>
/// <param name="WrittenBytes">Bytes that they caused to be written to disks; null where the system does not say.</param>
public readonly record struct ProcessUse(long ResidentBytes, TimeSpan Cpu, long? WrittenBytes)
{
    public static ProcessUse operator +(ProcessUse a, ProcessUse b) =>
        new(a.ResidentBytes + b.ResidentBytes, a.Cpu + b.Cpu, a.WrittenBytes + b.WrittenBytes);

    /// <summary>Of a process and its children.</summary>
    public static ProcessUse Of(Process process)
    {
        process.Refresh();
        var sum = new ProcessUse(process.WorkingSet64, process.TotalProcessorTime, WrittenBy(process.Id));
        foreach (var child in ChildrenOf(process.Id))
        {
            using var other = Process.GetProcessById(child);
            sum += Of(other);
        }

        return sum;
    }

    private static List<int> ChildrenOf(int process)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task/{process}/children");
        return File.Exists(path)
            ? [.. File.ReadAllText(path).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))]
            : [];
    }

    private static long? WrittenBy(int process)
    {
        const string name = "write_bytes: ";
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/io");
        return File.Exists(path)
            ? long.Parse(File.ReadLines(path).First(line => line.StartsWith(name, StringComparison.Ordinal)).AsSpan(name.Length), CultureInfo.InvariantCulture)
            : null;
    }
}
