using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Ingest.Bench;

/// <summary>What figures were measured on: without it they mean nothing.</summary>
internal static class Machine
{
    private const int Syncs = 200;

    /// <summary>Describes this machine.</summary>
    /// <param name="folder">Where what is measured stores its data.</param>
    public static IReadOnlyList<(string Name, string Value)> Describe(string folder)
    {
        var facts = new List<(string, string)>
        {
            ("when", DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)),
            ("processor", $"{Environment.ProcessorCount} × {ProcessorName()}; the load generator runs on it, too"),
            ("memory", string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:0.0} GB")),
            ("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}"),
            ("disk", string.Create(CultureInfo.InvariantCulture, $"{new DriveInfo(folder).DriveFormat}; an appended and synced write of 4 KiB takes {MeasureSync(folder).TotalMilliseconds:0.00} ms (median)")),
            (".NET", RuntimeInformation.FrameworkDescription),
            ("version", VersionOf("git", "-C", AppContext.BaseDirectory, "describe", "--always", "--dirty") ?? "unknown"),
        };
        if (Programs.Find("redis-server") is { } redis)
            facts.Add(("Redis", VersionOf(redis, "--version") ?? "unknown"));
        if (Programs.Find("fluent-bit") is { } fluentBit)
            facts.Add(("Fluent Bit", VersionOf(fluentBit, "--version") ?? "unknown"));
        if (Programs.Find("nginx") is { } nginx)
            facts.Add(("nginx", VersionOf(nginx, "-v") ?? "unknown"));
        return facts;
    }

    private static string ProcessorName()
    {
        const string file = "/proc/cpuinfo";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static TimeSpan MeasureSync(string folder)
    {
        var path = Path.Combine(folder, "sync-probe");
        var times = new List<TimeSpan>(Syncs);
        using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            var page = new byte[4096];
            for (var i = 0; i < Syncs; i++)
            {
                var began = Stopwatch.GetTimestamp();
                file.Write(page);
                file.Flush(flushToDisk: true);
                times.Add(Stopwatch.GetElapsedTime(began));
            }
        }

        File.Delete(path);
        return times.Order().ElementAt(Syncs / 2);
    }

    /// <summary>The first line that a program says of its version; null where it cannot be run.</summary>
    private static string? VersionOf(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            // nginx says its version on standard error.
            var said = process.StandardOutput.ReadLine() ?? process.StandardError.ReadLine();
            process.WaitForExit();
            return process.ExitCode == 0 ? said : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
