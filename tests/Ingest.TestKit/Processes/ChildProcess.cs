using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Ingest.TestKit;

/// <summary>A process that a test starts. What it writes is kept for the message of a failure.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const int SigTerm = 15;

    /// <summary>Newest lines kept of what a process writes.</summary>
    private const int LinesMax = 2_000;

    private readonly Process _process;
    private readonly Queue<string> _lines = new();
    private readonly Task _reading;

    private ChildProcess(Process process, Action<string>? onLine)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, onLine), ReadAsync(process.StandardError, null));
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public StreamWriter Input => _process.StandardInput;

    /// <summary>What it wrote to both streams, in the order in which it was read.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    /// <summary>Starts a process.</summary>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments, not quoted.</param>
    /// <param name="environment">Variables to set besides the inherited ones.</param>
    /// <param name="folder">Its current folder; the test's own where it is null.</param>
    /// <param name="onLine">Receives each line of its standard output.</param>
    public static ChildProcess Start(
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? folder = null,
        Action<string>? onLine = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? string.Empty,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
            start.Environment[name] = value;
        return new ChildProcess(Process.Start(start)!, onLine);
    }

    /// <summary>Waits until it has ended and all of its output is read.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> WaitAsync(TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            await _reading.WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException(
                $"{_process.StartInfo.FileName} has not ended after {limit.TotalSeconds:0} s. It wrote:\n{Output}", late);
        }

        return _process.ExitCode;
    }

    /// <summary>Asks it to end (SIGTERM).</summary>
    public void Terminate()
    {
        if (Signal(_process.Id, SigTerm) != 0)
            throw new InvalidOperationException($"No process {_process.Id} to end. It wrote:\n{Output}");
    }

    /// <summary>Ends it on the spot (SIGKILL) and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await WaitAsync(Deadline.Process);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int pid, int signal);

    private async Task ReadAsync(StreamReader reader, Action<string>? onLine)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lines)
            {
                if (_lines.Count == LinesMax)
                    _lines.Dequeue();
                _lines.Enqueue(line);
            }

            onLine?.Invoke(line);
        }
    }
}
