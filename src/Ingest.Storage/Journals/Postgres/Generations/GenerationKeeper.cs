using System.Globalization;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>
/// Looks after the generations, now and then: closes those that are large or old, drops those that nothing needs, and empties
/// those that little is needed of. Of all processes on a database one at a time does it; which one does not matter.
/// </summary>
/// <remarks>
/// Safe beside commits of processes that still know an older state: a table is dropped under a lock that waits for everyone
/// who writes to it, after a look, under that lock, at the rows of partitions and batches that their commits left. Whoever
/// comes later finds no table, and reads the list of generations anew.
/// </remarks>
internal sealed class GenerationKeeper(Server server, PostgresJournalOptions options) : IAsyncDisposable
{
    /// <summary>Key of the advisory lock of whoever looks after the generations: "OrInGens".</summary>
    private const long LockKey = 0x4F72496E47656E73;

    /// <summary>How long a lock is waited for. Short: who comes after a lock that is waited for waits too.</summary>
    private const int LockMilliseconds = 50;

    /// <summary>A statement of this work; a drop waits for the file system.</summary>
    private const int Seconds = 30;

    /// <summary>Generations of ids are closed after this part of the dedupe window's age: few enough that reading a window looks at about ten tables.</summary>
    private const int IdsPerWindow = 8;

    private readonly CancellationTokenSource _stop = new();
    private readonly GenerationMoves _moves = new(options);
    private Task _run = Task.CompletedTask;

    /// <summary>Begins to look after them every <see cref="PostgresJournalOptions.MaintenancePeriod"/>.</summary>
    public void Start() => _run = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    /// <summary>One look. Does nothing where another process is at it.</summary>
    public async Task RunOnceAsync(CancellationToken cancellation)
    {
        await using var connection = await server.ConnectAsync(cancellation);
        var session = new Session(connection, Seconds, cancellation);
        var isOurs = await TransactAsync(session, () => RotateAsync(session));
        if (!isOurs)
            return;

        foreach (var generation in await FreeBlocksAsync(session))
            await DropAsync(session, GenerationTables.Blocks(generation), "blocks", generation, s => IsFreeAsync(s, generation));
        foreach (var generation in await ClosedIdsAsync(session))
        {
            if (await AreForgottenAsync(session, generation))
                await DropAsync(session, GenerationTables.Ids(generation), "ids", generation, s => AreForgottenAsync(s, generation));
        }

        foreach (var generation in await _moves.CandidatesAsync(session))
        {
            await foreach (var step in GenerationMoves.StepsAsync(session, generation))
            {
                if (!await TransactAsync(session, step))
                    return;
            }
        }
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(options.MaintenancePeriod);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                try
                {
                    await RunOnceAsync(_stop.Token);
                }
                catch (Exception fault) when (!_stop.IsCancellationRequested)
                {
                    // Whatever it is, the next look may do better; without looks, space would never come back.
                    options.OnFault?.Invoke($"The journal's generations cannot be looked after: {Faults.Describe(fault)}");
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped, whatever it was waiting for: each step is a transaction.
        }
    }

    /// <summary>Runs one step in a transaction of its own, if this process may. A lock that is not to be had in time ends it without harm.</summary>
    /// <returns>False where another process looks after the generations.</returns>
    private static async Task<bool> TransactAsync(Session session, Func<Task> step)
    {
        await using var transaction = await session.Connection.BeginTransactionAsync(session.Cancellation);
        if (!await session.ScalarAsync<bool>($"SELECT pg_try_advisory_xact_lock({LockKey})"))
            return false;
        try
        {
            await session.ExecuteAsync($"SET LOCAL lock_timeout = {LockMilliseconds}");
            await step();
            await transaction.CommitAsync(session.Cancellation);
        }
        catch (PostgresException fault) when (Faults.IsLockTimeout(fault) || Faults.MayPass(fault))
        {
            // Somebody is at it just now: at the next look.
        }

        return true;
    }

    /// <summary>Closes the open generation of each kind where it is large or old, and opens the next.</summary>
    private async Task RotateAsync(Session session)
    {
        var open = await session.QueryAsync(
            """
            SELECT kind, id, pg_table_size(to_regclass('ingest.' || kind || '_' || id)) AS bytes,
                pg_relation_size(to_regclass('ingest.' || kind || '_' || id)) > 0 AS holds_rows, now() - opened_at AS age
            FROM ingest.generations WHERE closed_at IS NULL
            """,
            rows => (Kind: rows.GetString(0), Id: rows.GetInt32(1), Bytes: rows.GetInt64(2), HoldsRows: rows.GetBoolean(3), Age: rows.GetTimeSpan(4)));
        foreach (var (kind, id, bytes, holdsRows, age) in open)
        {
            var ageMax = kind == "ids" ? options.DedupeAgeMax / IdsPerWindow : options.GenerationAgeMax;
            if (!holdsRows || (bytes < options.GenerationBytesMax && age < ageMax))
                continue;

            // Never vacuumed: rows are not deleted one by one, and the whole goes soon.
            var next = string.Create(CultureInfo.InvariantCulture, $"ingest.{kind}_{id + 1}");
            await session.ExecuteAsync(
                $"CREATE TABLE {next} (LIKE ingest.{kind}_form INCLUDING ALL) WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false)");
            await session.ExecuteAsync("UPDATE ingest.generations SET closed_at = now() WHERE kind = $1 AND id = $2", Parameter.Of(kind), Parameter.Of(id));
            await session.ExecuteAsync("INSERT INTO ingest.generations (kind, id) VALUES ($1, $2)", Parameter.Of(kind), Parameter.Of(id + 1));
        }
    }

    /// <summary>Drops a table if it is free, looked at under a lock that nobody writes past.</summary>
    private static Task<bool> DropAsync(Session session, string table, string kind, int generation, Func<Session, Task<bool>> isFree) =>
        TransactAsync(session, async () =>
        {
            await session.ExecuteAsync($"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
            if (!await isFree(session))
                return;

            await session.ExecuteAsync($"DROP TABLE {table}");
            await session.ExecuteAsync("DELETE FROM ingest.generations WHERE kind = $1 AND id = $2", Parameter.Of(kind), Parameter.Of(generation));
        });

    private static Task<List<int>> FreeBlocksAsync(Session session) =>
        session.QueryAsync($"{FreeBlocks} ORDER BY g.id", rows => rows.GetInt32(0));

    private static async Task<bool> IsFreeAsync(Session session, int generation) =>
        (await session.QueryAsync($"{FreeBlocks} AND g.id = $1", rows => rows.GetInt32(0), Parameter.Of(generation))).Count > 0;

    /// <summary>Closed generations that no unsealed block and no pending batch may be in.</summary>
    private const string FreeBlocks =
        """
        SELECT g.id FROM ingest.generations g
        WHERE g.kind = 'blocks' AND g.closed_at IS NOT NULL
            AND NOT EXISTS (SELECT FROM ingest.batches b WHERE b.first_generation <= g.id AND b.last_generation >= g.id)
            AND g.id < COALESCE((
                SELECT least(
                    min(p.good_generation) FILTER (WHERE p.good_blocks > 0),
                    min(p.quarantine_generation) FILTER (WHERE p.quarantine_blocks > 0))
                FROM ingest.partitions p), 2147483647)
        """;

    private static Task<List<int>> ClosedIdsAsync(Session session) => session.QueryAsync(
        "SELECT id FROM ingest.generations WHERE kind = 'ids' AND closed_at IS NOT NULL ORDER BY id LIMIT 1", rows => rows.GetInt32(0));

    /// <summary>True where no partition remembers any of its ids, or all of them are too old for any.</summary>
    private Task<bool> AreForgottenAsync(Session session, int generation) => session.ScalarAsync<bool>(
        $"""
        SELECT EXISTS (SELECT FROM ingest.generations WHERE kind = 'ids' AND id = $1 AND closed_at < now() - $2)
            OR NOT EXISTS (
                SELECT FROM ingest.partitions p
                CROSS JOIN LATERAL (
                    SELECT FROM {GenerationTables.Ids(generation)} i
                    WHERE i.partition = p.id AND i.first_seq >= p.forget_ids_below
                    LIMIT 1) AS one)
        """,
        Parameter.Of(generation),
        Parameter.Of(2 * options.DedupeAgeMax));
}
