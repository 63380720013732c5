using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Ingest.Cli;

/// <summary>One run of a silo, from its start to its end.</summary>
internal sealed class SiloProcess : IDisposable
{
    private const int SigTerm = 15;

    private readonly Process _process;
    private readonly Task _reading;

    private SiloProcess(Process process, LogFile log)
    {
        _process = process;
        _reading = Task.WhenAll(CopyAsync(process.StandardOutput, log), CopyAsync(process.StandardError, log));
    }

    public int Id => _process.Id;

    /// <summary>Starts it.</summary>
    /// <remarks>
    /// In a session of its own: Ctrl-C reaches every process of the terminal's group, and silos must not stop before they
    /// are asked to, one after the other. <c>setsid</c> becomes the silo, so its process id is the silo's.
    /// </remarks>
    public static SiloProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, LogFile log)
    {
        var start = new ProcessStartInfo("setsid", ["dotnet", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new SiloProcess(Process.Start(start)!, log);
    }

    /// <summary>Completes with its exit code, when it has ended and everything that it wrote is in the log.</summary>
    public async Task<int> EndedAsync()
    {
        await _process.WaitForExitAsync();
        await _reading;
        return _process.ExitCode;
    }

    /// <summary>Asks it to drain and end.</summary>
    public void Terminate() => _ = Signal(_process.Id, SigTerm);

    /// <summary>Ends it on the spot.</summary>
    public void Kill() => _process.Kill();

    public void Dispose() => _process.Dispose();

    /// <summary>What an exit code says to people.</summary>
    public static string Describe(int exitCode) => exitCode switch
    {
        128 + 9 => "killed",
        > 128 and < 160 => string.Create(CultureInfo.InvariantCulture, $"ended by signal {exitCode - 128}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"ended with exit code {exitCode}"),
    };

    private static async Task CopyAsync(StreamReader from, LogFile log)
    {
        while (await from.ReadLineAsync() is { } line)
            log.Write(line);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int pid, int signal);
}
