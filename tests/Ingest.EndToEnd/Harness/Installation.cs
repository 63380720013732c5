using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Ingest.EndToEnd;

/// <summary>
/// The product as a user has it: a data folder, a lake, a port, and the server that is started, killed and stopped on
/// them. Everything goes through the launcher.
/// </summary>
internal sealed class Installation : IInstallation, IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = Deadline.Process };

    private readonly TemporaryFolder _folder = new();
    private ChildProcess? _server;

    public Installation() => (Lake, Data) = (LakeFolder, _folder.Of("the data"));

    /// <summary>Value of <c>--data</c>.</summary>
    public string Data { get; init; }

    /// <summary>The lake where it is a folder, and the place for a copy of it where it is not.</summary>
    public string LakeFolder => _folder.Of("the lake");

    /// <summary>Value of <c>--lake</c>: a folder, or <c>s3://BUCKET/PREFIX</c>.</summary>
    public string Lake { get; private set; }

    /// <summary>Value of <c>--seal-age</c>; short, so that tests ship many objects and wait little.</summary>
    public string SealAge { get; init; } = "300ms";

    /// <summary>
    /// Value of <c>--runtime</c> at the next start; what the launcher chooses when null. A single process starts in a third of a
    /// silo's time: for tests of what both share.
    /// </summary>
    public string? Runtime { get; set; }

    /// <summary>Value of <c>--config</c>.</summary>
    public string Config { get; init; } = Repository.Config;

    /// <summary>Further options of <c>./ingest run</c>.</summary>
    public IReadOnlyList<string> Options { get; private set; } = [];

    /// <summary>Variables for the server and for every command, such as the keys of S3.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Options by which <c>audit</c> finds a journal that is not in the data folder.</summary>
    public IReadOnlyList<string> AuditOptions { get; init; } = [];

    public int Port { get; } = StablePort.Choose();

    public Uri Url => new($"http://127.0.0.1:{Port}");

    /// <summary>What the running server, or the last one, wrote.</summary>
    public string Output => _server?.Output ?? string.Empty;

    private ChildProcess Server => _server ?? throw new InvalidOperationException("The server was not started.");

    /// <summary>An installation that ships to S3.</summary>
    public static Installation ShippingTo(S3Lake s3)
    {
        var installation = new Installation { Environment = s3.Server.Environment };
        installation.ShipTo(s3.Location, s3.Options);
        return installation;
    }

    /// <summary>Has the next start ship to another place.</summary>
    /// <param name="lake">Value of <c>--lake</c>.</param>
    /// <param name="options">Further options of <c>./ingest run</c>.</param>
    public void ShipTo(string lake, params IReadOnlyList<string> options)
    {
        Lake = lake;
        Options = options;
    }

    /// <summary>Starts the server and waits until it says that it is ready.</summary>
    public async Task StartAsync()
    {
        await BeginStartAsync();
        await Deadline.UntilAsync(ReadyAsync, Deadline.Process, () => $"the server is not ready. It wrote:\n{Output}");
        Progress.Write($"The server is ready, process {Server.Id}.");
    }

    /// <summary>Starts the server without waiting for it.</summary>
    public async Task BeginStartAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        string[] arguments =
        [
            "run", "--port", Port.ToString(CultureInfo.InvariantCulture), "--data", Data, "--lake", Lake,
            "--config", Config, "--seal-age", SealAge, .. Runtime is null ? Array.Empty<string>() : ["--runtime", Runtime], .. Options,
        ];
        _server = ChildProcess.Start(Repository.Launcher, arguments, WithoutBuilding(), _folder.Path);
    }

    /// <summary>Ends the server on the spot, as a crash or a lost machine would.</summary>
    public async Task KillAsync()
    {
        await Server.KillAsync();
        Progress.Write($"The server was killed, process {Server.Id}.");
    }

    /// <summary>Asks the server to drain and end; it must leave with exit code 0.</summary>
    public async Task StopAsync()
    {
        Server.Terminate();
        var exitCode = await Server.WaitAsync(Deadline.Process);
        Assert.True(exitCode == 0, $"The server left with exit code {exitCode}. It wrote:\n{Output}");
        Progress.Write("The server has drained and left.");
    }

    /// <summary>Runs a verb of the launcher for this installation's data, such as <c>audit</c>.</summary>
    public Task<CommandResult> RunAsync(string verb, params string[] arguments) => CommandResult.OfAsync(
        Repository.Launcher,
        [verb, "--data", Data, .. verb == "audit" ? AuditOptions : [], .. arguments],
        WithoutBuilding(),
        _folder.Path);

    /// <summary>Runs a command of several words for this installation's data, such as <c>quarantine list</c>.</summary>
    public Task<CommandResult> CallAsync(params IEnumerable<string> command) => CommandResult.OfAsync(
        Repository.Launcher, [.. command, "--data", Data], WithoutBuilding(), _folder.Path);

    /// <summary>Starts such a command without waiting for it.</summary>
    public ChildProcess Start(params IEnumerable<string> command) => ChildProcess.Start(
        Repository.Launcher, [.. command, "--data", Data], WithoutBuilding(), _folder.Path);

    public Task<string> ReadStatusAsync() => StatusPage.ReadAsync(Data);

    /// <summary>Asks for the status until it is as expected.</summary>
    public Task<ServerStatus> WaitForStatusAsync(Func<ServerStatus, bool> isExpected) =>
        this.WaitForStatusAsync(isExpected, () => $"The server wrote:\n{Output}");

    /// <summary>Waits until the running server has brought everything that it stored into the lake.</summary>
    public Task WaitUntilShippedAsync() => this.WaitUntilShippedAsync(() => $"The server wrote:\n{Output}");

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>What is tested is what was built with these tests; a build in the middle would pull it from under them.</summary>
    private Dictionary<string, string> WithoutBuilding() => new(Environment, StringComparer.Ordinal) { ["INGEST_NO_BUILD"] = "1" };

    /// <summary>Not null once the server that runs now has written its node.json and answers that it is ready.</summary>
    private async Task<object?> ReadyAsync()
    {
        if (Server.HasExited)
            Assert.Fail($"The server left at its start, with exit code {await Server.WaitAsync(Deadline.Process)}. It wrote:\n{Output}");
        var path = Path.Combine(Data, "node.json");
        if (!File.Exists(path))
            return null;

        using var node = JsonDocument.Parse(await File.ReadAllBytesAsync(path));
        // A killed server leaves its file behind.
        if (node.RootElement.GetProperty("pid").GetInt32() != Server.Id)
            return null;
        Assert.Equal(Url, new Uri(node.RootElement.GetProperty("url").GetString()!));

        using var answer = await Http.GetAsync(new Uri(Url, "/ready"));
        return answer.StatusCode == HttpStatusCode.OK ? answer : null;
    }
}
