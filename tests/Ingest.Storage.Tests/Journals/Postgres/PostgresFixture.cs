using Ingest.Storage.Tests.Journals.Postgres;
using Ingest.TestKit;

[assembly: AssemblyFixture(typeof(PostgresFixture))]

namespace Ingest.Storage.Tests.Journals.Postgres;

/// <summary>One PostgreSQL server for all tests of the assembly, started when the first of them asks; a database for each.</summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Task<(PostgresServer? Server, string? Absence)>? _started;

    /// <summary>The server. Skips the test where there can be none.</summary>
    public async Task<PostgresServer> ServerAsync()
    {
        Task<(PostgresServer? Server, string? Absence)> start;
        lock (_gate)
            start = _started ??= PostgresServer.StartAsync();
        var (server, absence) = await start;
        Assert.SkipWhen(server is null, absence ?? "");
        return server!;
    }

    /// <summary>An empty, migrated database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> NewJournalAsync()
    {
        var database = await (await ServerAsync()).NewDatabaseAsync();
        await PostgresMigrations.RunAsync(database, _ => { }, TestContext.Current.CancellationToken);
        return database;
    }

    /// <summary>Options with time enough for a machine that is busy with other things.</summary>
    public static PostgresJournalOptions Options(string database) => new()
    {
        ConnectionString = database,
        ConnectTimeout = TimeSpan.FromMinutes(1),
        WriteTimeout = TimeSpan.FromMinutes(1),
        ReadTimeout = TimeSpan.FromMinutes(2),
        LockTimeout = TimeSpan.FromMinutes(1),
    };

    /// <summary>Drops a database of a server that stays; null where the test was skipped before it had one. A drop waits for a checkpoint, which a server that ends with the tests need not do.</summary>
    public async Task DropAsync(string? database)
    {
        if (database is not null && await ServerAsync() is { IsPrivate: false } server)
            await server.DropDatabaseAsync(database);
    }

    public async ValueTask DisposeAsync()
    {
        if (_started is { IsCompletedSuccessfully: true } && (await _started).Server is { } server)
            await server.DisposeAsync();
    }
}
