using System.Globalization;
using System.Net;

namespace Ingest.Cluster.EndToEnd;

/// <summary>One silo of a cluster, in a process of its own. Its ports and its data folder stay the same through restarts.</summary>
/// <param name="name">Its name in the cluster.</param>
/// <param name="data">Its data folder, for node.json.</param>
/// <param name="place">Where it runs.</param>
/// <param name="arguments">Options of <c>./ingest run</c> that all silos share.</param>
/// <param name="environment">Variables that all silos share.</param>
internal sealed class Silo(
    string name,
    string data,
    SiloPlace place,
    IReadOnlyList<string> arguments,
    IReadOnlyDictionary<string, string> environment) : IAsyncDisposable
{
    /// <summary>Exit code of a server whose storage cannot be reached.</summary>
    private const int ExitStorage = 3;

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private readonly int _port = StablePort.Choose();
    private ChildProcess? _process;
    private string[] _more = [];

    public string Name { get; } = name;

    public string Data { get; } = data;

    public Uri Url => new($"http://{place.Clients}:{_port}");

    /// <summary>Port for the other silos.</summary>
    public int SiloPort { get; } = StablePort.Choose();

    public bool IsRunning => _process is { HasExited: false };

    public int ProcessId => Process.Id;

    /// <summary>What it wrote since its last start.</summary>
    public string Output => _process?.Output ?? string.Empty;

    private ChildProcess Process => _process ?? throw new InvalidOperationException($"{Name} was not started.");

    /// <summary>Starts it without waiting.</summary>
    /// <param name="more">Further options for this start.</param>
    public async Task BeginStartAsync(params string[] more)
    {
        await DisposeAsync();
        _more = more;
        string[] command =
        [
            .. place.Through, "dotnet", Repository.SiloProgram,
            "--silo-name", Name, "--host", place.Listen.ToString(), "--port", Text(_port),
            "--advertise", place.Advertise.ToString(), "--silo-port", Text(SiloPort), "--data", Data,
            .. arguments, .. more,
        ];
        _process = ChildProcess.Start(command[0], command[1..], environment);
    }

    /// <summary>Starts it, and waits until it says that it can store events.</summary>
    /// <param name="more">Further options for this start.</param>
    public async Task StartAsync(params string[] more)
    {
        await BeginStartAsync(more);
        await ReadyAsync();
    }

    /// <summary>Waits until it says that it can store events.</summary>
    /// <param name="patience">How long; <see cref="Deadline.Process"/> when null.</param>
    public async Task ReadyAsync(TimeSpan? patience = null)
    {
        await Deadline.UntilAsync(TryReadyAsync, patience ?? Deadline.Process, () => $"{Name} is not ready. It wrote:\n{Output}");
        Progress.Write($"{Name} is ready, process {ProcessId}.");
    }

    /// <summary>Ends it on the spot (SIGKILL), as a crash or a lost machine would.</summary>
    public async Task KillAsync()
    {
        await Process.KillAsync();
        Progress.Write($"{Name} was killed, process {ProcessId}.");
    }

    /// <summary>Asks it to drain and leave; it must end with exit code 0.</summary>
    public async Task StopAsync()
    {
        Process.Terminate();
        var exitCode = await Process.WaitAsync(Deadline.Process);
        Assert.True(exitCode == 0, $"{Name} left with exit code {exitCode}. It wrote:\n{Output}");
        Progress.Write($"{Name} has drained and left.");
    }

    /// <summary>Waits until it ends by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndedAsync()
    {
        var exitCode = await Process.WaitAsync(Deadline.Process);
        Progress.Write($"{Name} ended by itself with exit code {exitCode}.");
        return exitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
            return;
        await _process.DisposeAsync();
        // Kept for a person where asked for: a failure may be explained by what another silo wrote, long before.
        if (Environment.GetEnvironmentVariable("INGEST_TEST_LOGS") is { Length: > 0 } folder)
        {
            var test = TestContext.Current.TestMethod?.MethodName ?? "fixture";
            await File.AppendAllTextAsync(Path.Combine(folder, $"{test}-{Name}.log"), $"--- process\n{Output}\n");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<object?> TryReadyAsync()
    {
        if (Process.HasExited)
        {
            var exitCode = await Process.WaitAsync(Deadline.Process);
            Assert.True(exitCode == ExitStorage, $"{Name} left at its start, with exit code {exitCode}. It wrote:\n{Output}");
            // A database that is slow to answer: whoever runs a silo for people starts it again, too.
            Progress.Write($"{Name} starts again. It wrote:\n{Output}");
            await BeginStartAsync(_more);
            return null;
        }

        try
        {
            using var answer = await Http.GetAsync(new Uri(Url, "/ready"));
            return answer.StatusCode == HttpStatusCode.OK ? Url : null;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }
}
