using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>
/// Takes everything that waits into one transaction, commits, then answers; again and again, on a connection that it keeps.
/// No artificial delay: what arrives during a commit forms the next group.
/// </summary>
internal sealed class Committer : IAsyncDisposable
{
    /// <summary>
    /// Joins of short lists with large tables by index, which is what every statement of a commit wants, and in the order of the
    /// list, which is the order of locks. Plans are made once, and not compiled, which costs more than any of them takes.
    /// </summary>
    private const string Settings =
        "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off; SET jit = off; SET plan_cache_mode = force_generic_plan";

    /// <summary>
    /// A connection that was idle for longer is asked first whether it is still there: where it broke meanwhile, as when the
    /// server was restarted, nothing is lost yet, and a new one takes its place.
    /// </summary>
    private const long IdleMillisecondsMax = 50;

    private readonly Server _server;
    private readonly CommitQueue _queue;
    private readonly GroupCommit _commit;
    private readonly int _seconds;
    private readonly Task _run;
    private readonly List<PostgresWrite> _group = [];
    private NpgsqlConnection? _connection;
    private long _lastUsed;

    /// <param name="server">Where to commit.</param>
    /// <param name="queue">What is taken from.</param>
    /// <param name="commit">Of this committer alone.</param>
    /// <param name="timeout">How long one statement outside a commit may take.</param>
    public Committer(Server server, CommitQueue queue, GroupCommit commit, TimeSpan timeout)
    {
        (_server, _queue, _commit, _seconds) = (server, queue, commit, Server.Seconds(timeout));
        _run = Task.Run(RunAsync);
    }

    /// <summary>Waits until the queue, closed before, is done.</summary>
    public async ValueTask DisposeAsync()
    {
        await _run;
        if (_connection is not null)
            await _connection.DisposeAsync();
    }

    private async Task RunAsync()
    {
        bool open;
        do
        {
            open = await _queue.WaitAsync();
            while (_queue.TryTake(_group))
            {
                await _commit.RunAsync(_group, ConnectAsync);
                _lastUsed = Environment.TickCount64;
                _queue.Release(_group);
                foreach (var write in _group)
                    write.Answer();
                _group.Clear();

                // Those who were answered may have the next write ready: their turn on the pool comes first, and the group is larger.
                await Task.Yield();
            }
        }
        while (open);
    }

    /// <summary>The connection that is kept, or a new one where the last was lost.</summary>
    private async Task<NpgsqlConnection> ConnectAsync()
    {
        if (_connection is { State: System.Data.ConnectionState.Open } kept)
        {
            if (Environment.TickCount64 - _lastUsed <= IdleMillisecondsMax || await AnswersAsync(kept))
                return kept;
        }

        if (_connection is not null)
            await _connection.DisposeAsync();
        _connection = null;
        var connection = await _server.ConnectAsync(CancellationToken.None);
        try
        {
            await ExecuteAsync(connection, Settings);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        return _connection = connection;
    }

    private async Task<bool> AnswersAsync(NpgsqlConnection connection)
    {
        try
        {
            await ExecuteAsync(connection, "SELECT");
            return true;
        }
        catch (Exception fault) when (Faults.IsLostConnection(fault))
        {
            return false;
        }
    }

    private async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = _seconds };
        await command.ExecuteNonQueryAsync();
    }
}
