using System.Globalization;

namespace Ingest.EndToEnd;

/// <summary>Where events are until the lake has them, and the runtime that goes with it.</summary>
public enum JournalKind
{
    /// <summary>SQLite in the data folder of a single process.</summary>
    Sqlite,

    /// <summary>PostgreSQL, with a silo.</summary>
    Postgres,
}

/// <summary>A journal of a run of the matrix.</summary>
internal abstract class MatrixJournal : IAsyncDisposable
{
    /// <summary>Options of <c>./ingest run</c>.</summary>
    public abstract IReadOnlyList<string> Options { get; }

    /// <summary>Options by which <c>./ingest audit</c> finds it.</summary>
    public abstract IReadOnlyList<string> AuditOptions { get; }

    /// <summary>The ways in which it fails, besides a kill.</summary>
    public abstract IReadOnlyList<MatrixFault> Faults { get; }

    /// <summary>Makes an empty one; skips the test where it cannot be had on this machine.</summary>
    public static async Task<MatrixJournal> OpenAsync(JournalKind kind) =>
        kind == JournalKind.Postgres ? await PostgresMatrixJournal.StartAsync() : new SqliteMatrixJournal();

    public abstract ValueTask DisposeAsync();
}

/// <summary>SQLite in the data folder, where every command finds it.</summary>
internal sealed class SqliteMatrixJournal : MatrixJournal
{
    public override IReadOnlyList<string> Options => ["--runtime", "node"];

    public override IReadOnlyList<string> AuditOptions => [];

    public override IReadOnlyList<MatrixFault> Faults => [];

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A database of its own in a real PostgreSQL.</summary>
internal sealed class PostgresMatrixJournal : MatrixJournal
{
    private readonly PostgresServer _server;
    private readonly string _connectionString;
    private readonly int _siloPort = StablePort.Choose();

    private PostgresMatrixJournal(PostgresServer server, string connectionString) =>
        (_server, _connectionString) = (server, connectionString);

    public override IReadOnlyList<string> Options =>
    [
        "--runtime", "orleans", "--postgres", _connectionString, "--advertise", "127.0.0.1",
        "--silo-port", _siloPort.ToString(CultureInfo.InvariantCulture), "--leave-delay", "0s",
    ];

    public override IReadOnlyList<string> AuditOptions => ["--postgres", _connectionString];

    /// <summary>It crashes, and the silo is killed while events wait on its own disk.</summary>
    public override IReadOnlyList<MatrixFault> Faults => _server.IsPrivate
        ? [new MatrixFault("database-lost", _server.CrashAsync, () => Task.FromResult(1), _server.StartAgainAsync)]
        : [];

    public static async Task<PostgresMatrixJournal> StartAsync()
    {
        Assert.SkipUnless(File.Exists(Repository.SiloProgram), "The silo is not built: no package source has Orleans.");
        var (server, absence) = await PostgresServer.StartAsync();
        Assert.SkipWhen(server is null, absence ?? "");
        try
        {
            var journal = new PostgresMatrixJournal(server, await server.NewDatabaseAsync());
            await journal.MigrateAsync();
            return journal;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        // A private one goes with all that it has.
        if (!_server.IsPrivate)
            await _server.DropDatabaseAsync(_connectionString);
        await _server.DisposeAsync();
    }

    private async Task MigrateAsync()
    {
        var withoutBuilding = new Dictionary<string, string>(StringComparer.Ordinal) { ["INGEST_NO_BUILD"] = "1" };
        var result = await CommandResult.OfAsync(Repository.Launcher, ["db", "migrate", .. AuditOptions], withoutBuilding);
        Assert.True(result.ExitCode == 0, result.Output);
    }
}
