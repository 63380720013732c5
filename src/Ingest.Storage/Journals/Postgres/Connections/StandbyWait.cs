using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>
/// Hears whether a commit went on without the standby that it has to wait for. Where that wait is cancelled (by a time-out of
/// ours, too), the server reports success and a warning beside it: the event is then on one machine alone.
/// </summary>
internal sealed class StandbyWait : IDisposable
{
    /// <summary>The server's routine that waits, which stands in the warning in every language.</summary>
    private const string Routine = "SyncRepWaitForLSN";

    private readonly NpgsqlConnection _connection;

    public StandbyWait(NpgsqlConnection connection)
    {
        _connection = connection;
        connection.Notice += Hear;
    }

    /// <summary>True once a commit was not waited for.</summary>
    public bool WasGivenUp { get; private set; }

    /// <summary>
    /// Waits until the standby, where the server has one to wait for, holds everything that this session has read: a commit of
    /// another process may be visible before. Without this, an event could be called a duplicate of one that is on one machine
    /// alone. Costs a round trip, and without such a standby nothing more.
    /// </summary>
    /// <exception cref="NotReplicatedException">It does not answer.</exception>
    public static async Task ConfirmAsync(Session session)
    {
        using var wait = new StandbyWait(session.Connection);
        await session.ExecuteAsync(
            "SELECT pg_logical_emit_message(true, 'ingest', '') WHERE current_setting('synchronous_standby_names') <> ''");
        if (wait.WasGivenUp)
            throw new NotReplicatedException();
    }

    public void Dispose() => _connection.Notice -= Hear;

    private void Hear(object sender, NpgsqlNoticeEventArgs notice) =>
        WasGivenUp |= string.Equals(notice.Notice.Routine, Routine, StringComparison.Ordinal);
}

/// <summary>The server committed, and its synchronous standby does not have it yet.</summary>
internal sealed class NotReplicatedException() : NpgsqlException("The standby did not confirm the commit in time.");
