using System.Diagnostics;

namespace Ingest.Bench;

/// <summary>A process that was started to be measured. Whatever it says is read, so that it never blocks; the end is kept for a message.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int LinesKept = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(10);

    private readonly Process _process;
    private readonly Queue<string> _lines = new();
    private readonly TaskCompletionSource<string> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _started = Stopwatch.GetTimestamp();

    private ServerProcess(string program, IEnumerable<string> arguments, IReadOnlyCollection<KeyValuePair<string, string>>? environment = null)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The first line that it says.</summary>
    public Task<string> FirstLine => _firstLine.Task.WaitAsync(Patience);

    /// <summary>Since it was started.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(_started);

    public ProcessUse Use => ProcessUse.Of(_process);

    /// <param name="program">Its path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    public static ServerProcess Start(string program, IEnumerable<string> arguments, IReadOnlyCollection<KeyValuePair<string, string>>? environment = null) =>
        new(program, arguments, environment);

    /// <summary>Starts this program as another server.</summary>
    public static ServerProcess StartSelf(params IEnumerable<string> arguments) =>
        new("dotnet", [typeof(ServerProcess).Assembly.Location, .. arguments]);

    /// <summary>Waits until something is there.</summary>
    /// <param name="find">Looks for it; null while it is not there.</param>
    /// <exception cref="InvalidOperationException">The process ended, or it took too long and was killed.</exception>
    public async Task<T> WaitForAsync<T>(Func<Task<T?>> find)
        where T : class
    {
        while (Age < Patience && !_process.HasExited)
        {
            if (await find() is { } found)
                return found;
            await Task.Delay(LookPeriod);
        }

        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        throw new InvalidOperationException($"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)} did not start:{Environment.NewLine}{Tail()}");
    }

    /// <summary>Kills it: what it stored is thrown away, so nothing is worth waiting for.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private string Tail()
    {
        lock (_lines)
            return string.Join(Environment.NewLine, _lines);
    }

    private void Add(string? line)
    {
        if (line is null)
        {
            _firstLine.TrySetException(new InvalidOperationException($"The process ended without a word: {Tail()}"));
            return;
        }

        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > LinesKept)
                _lines.Dequeue();
        }

        _firstLine.TrySetResult(line);
    }
}
