using System.Globalization;

namespace Ingest.Cli;

/// <summary>A silo that is started, watched, and started again when it dies, until it is told to stop.</summary>
/// <param name="name">Its name in the cluster.</param>
/// <param name="url">Where it takes events.</param>
/// <param name="arguments">Its command line, the program first.</param>
/// <param name="environment">Variables that it gets besides the inherited ones.</param>
/// <param name="log">What it writes.</param>
/// <param name="say">Tells the person at the terminal.</param>
internal sealed class SupervisedSilo(
    string name,
    Uri url,
    IReadOnlyList<string> arguments,
    IReadOnlyDictionary<string, string> environment,
    LogFile log,
    Action<string> say) : IDisposable
{
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(100);

    /// <summary>Above what a silo takes that drains: the time for requests, for shipping, and for leaving the cluster.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<bool> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private SiloProcess? _process;
    private Task _running = Task.CompletedTask;

    public string Name { get; } = name;

    public Uri Url { get; } = url;

    public LogFile Log { get; } = log;

    /// <summary>Completes when its first start came to something: true when it is ready, false when it ended before.</summary>
    public Task<bool> Settled => _settled.Task;

    /// <summary>Completes when it is stopped, or given up.</summary>
    public Task Ended => _running;

    public int? ProcessId => _process?.Id;

    /// <summary>Starts it, and looks after it from now on.</summary>
    public void Start() => _running = RunAsync();

    /// <summary>Asks it to drain and end, and waits until it has.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        _process?.Terminate();
        try
        {
            await _running.WaitAsync(StopPatience);
        }
        catch (TimeoutException)
        {
            say($"{Name} has not drained after {StopPatience.TotalSeconds:0} s and is killed. Nothing is lost: the journal has it.");
            Kill();
            await _running;
        }
    }

    /// <summary>Ends it on the spot, and keeps it down.</summary>
    public void Kill()
    {
        _stopping.Cancel();
        _process?.Kill();
    }

    public void Dispose()
    {
        _process?.Dispose();
        _stopping.Dispose();
        _http.Dispose();
        Log.Dispose();
    }

    private async Task RunAsync()
    {
        var policy = new RestartPolicy();
        while (!_stopping.IsCancellationRequested)
        {
            var began = TimeProvider.System.GetTimestamp();
            var exitCode = await RunOnceAsync();
            // A first start that fails is the caller's to judge: most likely a setting is wrong, and every start will fail.
            if (_settled.TrySetResult(false) || _stopping.IsCancellationRequested)
                return;
            if (policy.Died(TimeProvider.System.GetElapsedTime(began)) is not { } pause)
            {
                say($"{Name} {SiloProcess.Describe(exitCode)} {RestartPolicy.TriesMax} times in a row and is given up; see {Log.Path}");
                return;
            }

            say(string.Create(
                CultureInfo.InvariantCulture, $"{Name} {SiloProcess.Describe(exitCode)}; it starts again in {pause.TotalSeconds:0} s"));
            await Task.Delay(pause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<int> RunOnceAsync()
    {
        _process?.Dispose();
        _process = SiloProcess.Start(arguments, environment, Log);
        // A stop that was asked for while it started.
        if (_stopping.IsCancellationRequested)
            _process.Terminate();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var announcing = AnnounceAsync(_process.Id, gone.Token);
        var exitCode = await _process.EndedAsync();
        await gone.CancelAsync();
        await announcing;
        return exitCode;
    }

    /// <summary>Says when it is ready.</summary>
    private async Task AnnounceAsync(int processId, CancellationToken gone)
    {
        try
        {
            while (!await IsReadyAsync(gone))
                await Task.Delay(ProbePause, gone);
            say(string.Create(CultureInfo.InvariantCulture, $"{Name} is ready at {Url.GetLeftPart(UriPartial.Authority)}, process {processId}"));
            _settled.TrySetResult(true);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // It ended before, or is asked to.
        }
    }

    private async Task<bool> IsReadyAsync(CancellationToken gone)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(Url, "/ready"), gone);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !gone.IsCancellationRequested)
        {
            return false;
        }
    }
}
