using System.Globalization;
using System.Reflection;
using Ingest.Engine;
using Ingest.Storage.Postgres;
using Npgsql;

namespace Ingest.Storage;

/// <summary>Brings a PostgreSQL database to the schema of this program. Safe to run twice, and by several processes at once.</summary>
public static class PostgresMigrations
{
    /// <summary>Key of the advisory lock under which one process at a time migrates: "OrInMigr".</summary>
    internal const long LockKey = 0x4F72496E4D696772;

    private static readonly Lazy<IReadOnlyList<Migration>> Embedded = new(ReadEmbedded);

    /// <summary>All migrations, in order.</summary>
    public static IReadOnlyList<Migration> All => Embedded.Value;

    /// <summary>Applies what is missing, each migration in a transaction of its own.</summary>
    /// <param name="connectionString">Names a database that exists, and a user who may make tables in it.</param>
    /// <param name="applied">Told after each one.</param>
    /// <param name="cancellation">Stops before the next one.</param>
    /// <returns>Number of migrations applied.</returns>
    /// <exception cref="JournalUnavailableException">
    /// The server cannot be reached, refused a statement, or has a newer schema than this program knows.
    /// </exception>
    public static async Task<int> RunAsync(
        string connectionString, Action<Migration> applied, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await ConnectAsync(connectionString, cancellation);
            // Held until the connection closes, which it does however this ends.
            await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKey})", cancellation);
            await ExecuteAsync(
                connection,
                """
                CREATE SCHEMA IF NOT EXISTS ingest;
                CREATE TABLE IF NOT EXISTS ingest.migrations (
                    version int PRIMARY KEY,
                    name text NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT now());
                """,
                cancellation);
            var status = await ReadAsync(connection, cancellation);
            foreach (var migration in status.Pending)
            {
                await ApplyAsync(connection, migration, cancellation);
                applied(migration);
            }

            return status.Pending.Count;
        }
        catch (Exception fault) when (Faults.IsOfServer(fault))
        {
            throw Faults.ToJournalException(fault);
        }
    }

    /// <summary>Says how far a database is, and changes nothing.</summary>
    /// <exception cref="JournalUnavailableException">As for <see cref="RunAsync"/>.</exception>
    public static async Task<MigrationStatus> ReadStatusAsync(string connectionString, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await ConnectAsync(connectionString, cancellation);
            return await ReadAsync(connection, cancellation);
        }
        catch (Exception fault) when (Faults.IsOfServer(fault))
        {
            throw Faults.ToJournalException(fault);
        }
    }

    /// <summary>Reads how far a database is over an open connection.</summary>
    /// <exception cref="JournalUnavailableException">It has a newer schema than this program knows.</exception>
    internal static async Task<MigrationStatus> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var exists = new NpgsqlCommand("SELECT to_regclass('ingest.migrations') IS NOT NULL", connection);
        if (await exists.ExecuteScalarAsync(cancellation) is not true)
            return new MigrationStatus(0, All.Count, All);

        var versions = new HashSet<int>();
        await using var command = new NpgsqlCommand("SELECT version FROM ingest.migrations", connection);
        await using (var rows = await command.ExecuteReaderAsync(cancellation))
        {
            while (await rows.ReadAsync(cancellation))
                versions.Add(rows.GetInt32(0));
        }

        var newest = versions.Count == 0 ? 0 : versions.Max();
        if (newest > All.Count)
        {
            throw new JournalUnavailableException(string.Create(
                CultureInfo.InvariantCulture,
                $"The database was migrated by a newer version of this program (schema {newest}, this one knows {All.Count}). Run that version."),
                mayPass: false);
        }

        return new MigrationStatus(newest, All.Count, [.. All.Where(m => !versions.Contains(m.Version))]);
    }

    /// <summary>Whether a process migrates the database at this moment.</summary>
    internal static async Task<bool> IsRunningAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT NOT pg_try_advisory_xact_lock_shared({LockKey})", connection);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync(connection, migration.Sql, cancellation);
        await using var record = new NpgsqlCommand("INSERT INTO ingest.migrations (version, name) VALUES ($1, $2)", connection)
        {
            Parameters = { new() { Value = migration.Version }, new() { Value = migration.Name } },
        };
        await record.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Not pooled, so that closing it ends the session and with it the lock.</summary>
    private static async Task<NpgsqlConnection> ConnectAsync(string connectionString, CancellationToken cancellation)
    {
        // A migration may take long, and so may waiting for another process's.
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0 };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Resources are named as their files: <c>001_journal</c>.</summary>
    private static List<Migration> ReadEmbedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var found = assembly.GetManifestResourceNames()
            .Where(name => name.Length > 4 && name[3] == '_' && int.TryParse(name.AsSpan(0, 3), out _))
            .Order(StringComparer.Ordinal)
            .Select(name => new Migration(int.Parse(name.AsSpan(0, 3), CultureInfo.InvariantCulture), name[4..], ReadText(assembly, name)))
            .ToList();
        for (var i = 0; i < found.Count; i++)
        {
            if (found[i].Version != i + 1)
                throw new InvalidOperationException($"Migration {i + 1} is missing from the program.");
        }

        return found;
    }

    private static string ReadText(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
