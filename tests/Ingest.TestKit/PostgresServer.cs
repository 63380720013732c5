using System.Diagnostics;
using Npgsql;

namespace Ingest.TestKit;

/// <summary>
/// A real PostgreSQL server for tests: the one that INGEST_TEST_POSTGRES names (a connection string of a user who may make
/// databases), or else a private one on loopback, run by <c>tools/postgres</c>. A private one ends with this process, however
/// that ends; its port stays the same while it is stopped.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMinutes(4);

    private readonly string _connectionString;
    private readonly TemporaryFolder? _folder;
    private readonly Process? _process;

    private PostgresServer(string connectionString, TemporaryFolder? folder, Process? process)
    {
        _connectionString = connectionString;
        _folder = folder;
        _process = process;
    }

    /// <summary>True where the server is ours to stop, crash and pause.</summary>
    public bool IsPrivate => _process is not null;

    /// <summary>Finds or starts one; about 2 s, more where it must be installed first.</summary>
    /// <returns>The server, or why there can be none on this machine, for a skipped test.</returns>
    /// <exception cref="InvalidOperationException">It did not start; the message holds what it said.</exception>
    public static async Task<(PostgresServer? Server, string? Absence)> StartAsync(bool mustBePrivate = false)
    {
        if (Environment.GetEnvironmentVariable("INGEST_TEST_POSTGRES") is { Length: > 0 } given && !mustBePrivate)
            return (new PostgresServer(given, null, null), null);

        var folder = new TemporaryFolder();
        var process = Start(["run", folder.Path]);
        using var timeout = new CancellationTokenSource(AnswerTimeout);
        if (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } connectionString)
            return (new PostgresServer(connectionString, folder, process), null);

        var (code, error) = await EndAsync(process);
        folder.Dispose();
        return code == 3
            ? (null, error)
            : throw new InvalidOperationException($"tools/postgres ended with exit code {code}: {error}");
    }

    /// <summary>Makes an empty database with a name of its own.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"test_{Guid.NewGuid():N}";
        await ExecuteAsync(_connectionString, $"CREATE DATABASE {name}");
        return new NpgsqlConnectionStringBuilder(_connectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Drops a database, whoever is connected to it.</summary>
    public Task DropDatabaseAsync(string connectionString) => ExecuteAsync(
        _connectionString, $"DROP DATABASE {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");

    /// <summary>Runs statements that give nothing back.</summary>
    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(NotPooled(connectionString));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Runs a query that gives one value.</summary>
    public static async Task<T> ScalarAsync<T>(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(NotPooled(connectionString));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Stops the private server: sessions end, everything is written.</summary>
    public Task StopAsync() => RunAsync("stop");

    /// <summary>Stops the private server at once; it recovers from its log at the next start.</summary>
    public Task CrashAsync() => RunAsync("crash");

    /// <summary>Starts the private server again.</summary>
    public Task StartAgainAsync() => RunAsync("start");

    /// <summary>Stops all processes of the private server where they are; connections stay open, nothing answers.</summary>
    public Task PauseAsync() => RunAsync("pause");

    /// <summary>Lets a paused server go on.</summary>
    public Task ResumeAsync() => RunAsync("resume");

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await EndAsync(_process);
        _folder?.Dispose();
    }

    private async Task RunAsync(string command)
    {
        if (_folder is null)
            throw new InvalidOperationException("This server is not ours.");
        using var process = Start([command, _folder.Path]);
        var output = process.StandardOutput.ReadToEndAsync();
        var (code, error) = await EndAsync(process);
        await output.WaitAsync(AnswerTimeout);
        if (code != 0)
            throw new InvalidOperationException($"tools/postgres {command} ended with exit code {code}: {error}");
    }

    private static Process Start(string[] arguments) => Process.Start(
        new ProcessStartInfo("bash", [Path.Combine(AppContext.BaseDirectory, "tools", "postgres"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("bash did not start.");

    private static async Task<(int Code, string Error)> EndAsync(Process process)
    {
        process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(AnswerTimeout);
        var error = await process.StandardError.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);
        return (process.ExitCode, error.Trim());
    }

    private static string NotPooled(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
}
