using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>
/// Takes everything that waits into one transaction, commits, then answers; again and again, on a connection that it keeps.
/// No artificial delay: what arrives during a commit forms the next group.
/// </summary>
internal sealed class Committer : IAsyncDisposable
{
    private readonly Server _server;
    private readonly CommitQueue _queue;
    private readonly GroupCommit _commit;
    private readonly Task _run;
    private readonly List<PostgresWrite> _group = [];
    private NpgsqlConnection? _connection;

    public Committer(Server server, CommitQueue queue, GroupCommit commit)
    {
        (_server, _queue, _commit) = (server, queue, commit);
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
                _queue.Release(_group);
                foreach (var write in _group)
                    write.Answer();
                _group.Clear();
            }
        }
        while (open);
    }

    /// <summary>The connection that is kept, or a new one where the last was lost.</summary>
    private async Task<NpgsqlConnection> ConnectAsync()
    {
        if (_connection is { State: System.Data.ConnectionState.Open })
            return _connection;
        if (_connection is not null)
            await _connection.DisposeAsync();
        _connection = null;
        return _connection = await _server.ConnectAsync(CancellationToken.None);
    }
}
