using System.Data;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>One connection in use for one piece of work: runs statements with positional parameters, <c>$1</c> and up.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Seconds">How long each statement may take.</param>
/// <param name="Cancellation">Stops the work.</param>
internal sealed record Session(NpgsqlConnection Connection, int Seconds, CancellationToken Cancellation)
{
    /// <summary>Runs a query and makes something of each row.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> row, params NpgsqlParameter[] parameters)
    {
        var found = new List<T>();
        await using var command = Command(sql, parameters);
        await using var rows = await command.ExecuteReaderAsync(Cancellation);
        while (await rows.ReadAsync(Cancellation))
            found.Add(row(rows));
        return found;
    }

    /// <summary>Runs a query that gives one value; default where it is null or there is no row.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteScalarAsync(Cancellation) is T value ? value : default;
    }

    /// <summary>Runs a statement.</summary>
    /// <returns>Number of rows that it changed.</returns>
    public async Task<int> ExecuteAsync(string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(Cancellation);
    }

    /// <summary>From here on, all statements see one state of the database: that at the first of them that reads.</summary>
    public ValueTask<NpgsqlTransaction> BeginSnapshotAsync() =>
        Connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, Cancellation);

    /// <summary>Reads large values without holding a row in memory.</summary>
    public async Task<NpgsqlDataReader> StreamAsync(NpgsqlCommand command) =>
        await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, Cancellation);

    public NpgsqlCommand Command(string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(sql, Connection) { CommandTimeout = Seconds };
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return command;
    }
}

/// <summary>Parameters without boxing.</summary>
internal static class Parameter
{
    public static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };
}
