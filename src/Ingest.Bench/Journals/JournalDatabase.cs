using Ingest.Storage;
using Npgsql;

namespace Ingest.Bench;

/// <summary>A migrated database of its own, empty, and dropped at the end; a checkpoint lies just before it is used.</summary>
internal sealed class JournalDatabase : IAsyncDisposable
{
    private readonly string _server;

    private JournalDatabase(string server, string connectionString) => (_server, ConnectionString) = (server, connectionString);

    public string ConnectionString { get; }

    /// <param name="server">Connection string of a user who may make databases and run a checkpoint.</param>
    public static async Task<JournalDatabase> CreateAsync(string server)
    {
        var name = $"ingest_bench_{Guid.NewGuid():N}";
        await ExecuteAsync(server, $"CREATE DATABASE {name}");
        var database = new JournalDatabase(server, new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString);
        await PostgresMigrations.RunAsync(database.ConnectionString, _ => { }, CancellationToken.None);
        await ExecuteAsync(server, "CHECKPOINT");
        return database;
    }

    /// <summary>Transactions that wrote anything so far, on the whole server.</summary>
    public Task<long> CountCommitsAsync() => ScalarAsync("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint");

    /// <summary>Bytes of all generations, with their indexes.</summary>
    public Task<long> ReadGenerationBytesAsync() => ScalarAsync(
        "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class WHERE relkind = 'r' AND relname ~ '^(blocks|ids)_[0-9]+$'");

    public Task<long> ReadBytesAsync() => ScalarAsync("SELECT pg_database_size(current_database())");

    public async Task<long> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(NotPooled(ConnectionString));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync() =>
        await ExecuteAsync(_server, $"DROP DATABASE {new NpgsqlConnectionStringBuilder(ConnectionString).Database} WITH (FORCE)");

    /// <summary>Not pooled, so that nothing is connected when the database is dropped.</summary>
    public static string NotPooled(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(NotPooled(connectionString));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }
}
