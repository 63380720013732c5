using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>How far one try of a group's transaction came.</summary>
internal sealed class GroupStep : IDisposable
{
    private NpgsqlConnection? _connection;
    private bool _committing;
    private StandbyWait? _standby;

    public NpgsqlBatchCommand Commit { get; } = new("COMMIT");

    /// <summary>From here on the connection is in a transaction, or about to be.</summary>
    public void Begun(NpgsqlConnection connection)
    {
        _connection = connection;
        _standby ??= new StandbyWait(connection);
    }

    /// <summary>The statements that end with COMMIT are about to be sent.</summary>
    public void Committing() => _committing = true;

    /// <summary>The statements went through.</summary>
    /// <exception cref="NotReplicatedException">The server committed without the standby for which it has to wait.</exception>
    public void Done()
    {
        if (_standby?.WasGivenUp == true)
            throw new NotReplicatedException();
    }

    /// <summary>
    /// False where the server said itself, over a connection that it did not end, that a statement before COMMIT failed.
    /// </summary>
    public bool MayBeCommitted(Exception fault) => _committing
        && !(fault is PostgresException { InvariantSeverity: "ERROR", BatchCommand: { } failed } && failed != Commit);

    /// <summary>Ends the transaction where there is one. A connection that fails at it is closed, and with it the transaction.</summary>
    public async Task RollBackAsync(bool afterFault = true)
    {
        if (_connection is not { State: System.Data.ConnectionState.Open } connection)
            return;
        try
        {
            await using var command = new NpgsqlCommand("ROLLBACK", connection);
            await command.ExecuteNonQueryAsync();

            // Statements of a batch behind the one that failed were never prepared, though Npgsql 10.0 takes them for so.
            if (afterFault)
                connection.UnprepareAll();
        }
        catch (Exception fault) when (Faults.IsOfServer(fault) || fault is InvalidOperationException)
        {
            await connection.CloseAsync();
        }
    }

    public void Dispose() => _standby?.Dispose();
}
