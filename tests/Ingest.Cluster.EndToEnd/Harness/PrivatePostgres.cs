using System.Globalization;

namespace Ingest.Cluster.EndToEnd;

/// <summary>
/// A PostgreSQL server of a test's own, by <c>tools/postgres</c>. It ends with this process, however that ends.
/// </summary>
internal sealed class PrivatePostgres : IAsyncDisposable
{
    private const string Tool = "tools/postgres";
    private const int ExitAbsent = 3;

    private readonly TemporaryFolder _folder;
    private readonly ChildProcess _lease;

    private PrivatePostgres(TemporaryFolder folder, ChildProcess lease, string connectionString)
    {
        _folder = folder;
        _lease = lease;
        ConnectionString = connectionString;
    }

    public string ConnectionString { get; }

    private string Data => DataIn(_folder);

    /// <summary>Starts one; skips the test where PostgreSQL is not installed and cannot be.</summary>
    public static async Task<PrivatePostgres> StartAsync()
    {
        var folder = new TemporaryFolder();
        // The server runs as a user of its own where the tests run as root.
        File.SetUnixFileMode(folder.Path, File.GetUnixFileMode(folder.Path) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var connection = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var lease = ChildProcess.Start(
            Path.Combine(Repository.Root, Tool), ["run", DataIn(folder)], onLine: line => connection.TrySetResult(line));
        var ended = lease.WaitAsync(Deadline.Process);
        if (await Task.WhenAny(connection.Task, ended) == ended)
        {
            var exitCode = await ended;
            folder.Dispose();
            Assert.SkipWhen(exitCode == ExitAbsent, lease.Output);
            Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{Tool} left with exit code {exitCode}: {lease.Output}"));
        }

        return new PrivatePostgres(folder, lease, await connection.Task);
    }

    /// <summary>Stops it cleanly; connections are refused until it starts again, on the same port.</summary>
    public Task StopAsync() => CommandAsync("stop");

    /// <summary>Stops it on the spot, without a checkpoint.</summary>
    public Task CrashAsync() => CommandAsync("crash");

    /// <summary>Starts it after <see cref="StopAsync"/> or <see cref="CrashAsync"/>.</summary>
    public Task StartAgainAsync() => CommandAsync("start");

    /// <summary>Freezes it: connections stay open, and nothing answers.</summary>
    public Task PauseAsync() => CommandAsync("pause");

    /// <summary>Lets it go on after <see cref="PauseAsync"/>.</summary>
    public Task ResumeAsync() => CommandAsync("resume");

    public async ValueTask DisposeAsync()
    {
        _lease.Input.Close();
        await _lease.WaitAsync(Deadline.Process);
        await _lease.DisposeAsync();
        _folder.Dispose();
    }

    private static string DataIn(TemporaryFolder folder) => folder.Of("postgres");

    private async Task CommandAsync(string verb)
    {
        var result = await CommandResult.OfAsync(Path.Combine(Repository.Root, Tool), [verb, Data]);
        Assert.True(result.ExitCode == 0, $"{Tool} {verb}: {result.Output}");
        Progress.Write($"PostgreSQL: {verb}.");
    }
}
