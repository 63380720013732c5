using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace Ingest.Bench;

/// <summary>The product itself, as its own process. Batches are not sealed while it is measured: shipping is deferred.</summary>
/// <param name="name">Its short name.</param>
/// <param name="about">For people.</param>
/// <param name="program">The executable's assembly.</param>
/// <param name="options">Options of <c>ingest run</c> beside those for port, data and lake.</param>
/// <param name="prepare">Makes its surroundings ready (a migrated database) before each start.</param>
internal sealed class IngestSubject(
    string name, string about, string program, IReadOnlyList<string> options, Func<Task>? prepare = null) : ISubject
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(1);

    public string Name => name;

    public string About => about;

    public async Task<IRunningSubject> StartAsync(string folder)
    {
        if (prepare is not null)
            await prepare();
        var data = Path.Combine(folder, "data");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[program, "--port", "0", "--data", data, "--config", BenchSource.WriteConfiguration(folder), "--seal-age", "1h", "--drain", "1s", .. options])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        var output = new OutputTail(process);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < StartPatience && !process.HasExited;)
        {
            if (ReadUrl(Path.Combine(data, "node.json")) is { } url)
                return new Running(process, new IPEndPoint(IPAddress.Loopback, new Uri(url).Port));
            await Task.Delay(50);
        }

        if (!process.HasExited)
            process.Kill();
        throw new InvalidOperationException($"{name} did not start: {output}");
    }

    private static string? ReadUrl(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var document = JsonDocument.Parse(file);
            return document.RootElement.GetProperty("url").GetString();
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null;
        }
    }

    private sealed class Running(Process process, IPEndPoint endpoint) : IRunningSubject
    {
        public IPEndPoint Endpoint => endpoint;

        public string Path => "/v1/events/" + BenchSource.Name;

        public ProcessUse Use => ProcessUse.Of(process);

        public async ValueTask DisposeAsync()
        {
            // What it stored is thrown away: nothing is worth waiting for.
            if (!process.HasExited)
                process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    /// <summary>Reads what the process says, so that it never blocks, and keeps the end of it for a message.</summary>
    private sealed class OutputTail
    {
        private readonly Queue<string> _lines = new();

        public OutputTail(Process process)
        {
            process.OutputDataReceived += (_, line) => Add(line.Data);
            process.ErrorDataReceived += (_, line) => Add(line.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        public override string ToString()
        {
            lock (_lines)
                return string.Join(Environment.NewLine, _lines);
        }

        private void Add(string? line)
        {
            if (line is null)
                return;
            lock (_lines)
            {
                _lines.Enqueue(line);
                if (_lines.Count > 20)
                    _lines.Dequeue();
            }
        }
    }
}
