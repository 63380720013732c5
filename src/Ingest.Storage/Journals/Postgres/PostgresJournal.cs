using Ingest.Engine;
using Ingest.Storage.Postgres;

namespace Ingest.Storage;

/// <summary>
/// A journal in a PostgreSQL database, for a cluster: any number of processes write to it at once, each partition fenced by its
/// own row.
/// </summary>
/// <remarks>
/// <para>
/// All writes of a process that wait go in one transaction: appends in one queue (<see cref="AppendCommit"/>), seals and
/// confirmations in another (<see cref="ShippingCommit"/>), so that intake never waits for shipping. Bodies and ids are in generations, whose space comes back
/// a table at a time (<see cref="GenerationKeeper"/>).
/// </para>
/// <para>
/// Against loss that nobody would notice: bodies and ids have checksums that are verified at every read, counts are kept apart
/// from what they count, and a server that may lose commits is not accepted.
/// </para>
/// <para>Memory handed over in an append must not change before the write ended, even when waiting for it was cancelled.</para>
/// </remarks>
public sealed partial class PostgresJournal : IJournal
{
    /// <summary>Seals and confirmations that may wait: far above what shippers have under way.</summary>
    private const int OthersMax = 1_024;

    /// <summary>Bytes of merged bodies that may wait.</summary>
    private const long OthersBytesMax = 256L << 20;

    private readonly Server _server;
    private readonly PostgresJournalOptions _options;
    private readonly CommitQueue _appends;
    private readonly CommitQueue _others;
    private readonly List<Committer> _committers = [];
    private int _disposed;

    private PostgresJournal(string id, Server server, PostgresJournalOptions options)
    {
        Id = id;
        _server = server;
        _options = options;
        _appends = new CommitQueue(options.QueueAppendsMax, options.QueueBytesMax, options.CommitsInFlight, "appends");
        _others = new CommitQueue(OthersMax, OthersBytesMax, 1, "seals and confirmations");
        Keeper = new GenerationKeeper(server, options);
        if (options.ReadOnly)
            return;

        var keys = new PartitionKeys();
        for (var i = 0; i < options.CommitsInFlight; i++)
            _committers.Add(new Committer(server, _appends, new AppendCommit(keys, options), options.WriteTimeout));
        _committers.Add(new Committer(server, _others, new ShippingCommit(keys, options), options.WriteTimeout));
        Keeper.Start();
    }

    public string Id { get; }

    /// <summary>Looks after the generations; runs by itself, and at a test's wish.</summary>
    internal GenerationKeeper Keeper { get; }

    /// <summary>Opens the journal of a migrated database.</summary>
    /// <exception cref="JournalUnavailableException">
    /// The server cannot be reached, the database is not migrated or is newer, or it may lose what it committed.
    /// </exception>
    /// <exception cref="ArgumentException">The connection string cannot be read, or an option is out of its range.</exception>
    public static async Task<PostgresJournal> OpenAsync(PostgresJournalOptions options, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CommitsInFlight, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.CommitsInFlight, 8);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ConnectionsMax, options.CommitsInFlight + 3);
        var server = new Server(options);
        try
        {
            var id = await server.ReadAsync(session => Opening.VerifyAsync(session, options), cancellation);
            return new PostgresJournal(id, server, options);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public ValueTask<JournalResult> AppendAsync(Append append, CancellationToken cancellation)
    {
        WriteRules.Check(append);
        return WriteAsync(_appends, new Postgres.AppendWrite(append), cancellation);
    }

    public ValueTask<JournalResult> SealAsync(Seal seal, CancellationToken cancellation)
    {
        WriteRules.Check(seal);
        return WriteAsync(_others, new Postgres.SealWrite(seal), cancellation);
    }

    public ValueTask<JournalResult> ConfirmAsync(BatchId batch, ShippedObject shipped, CancellationToken cancellation) =>
        WriteAsync(_others, new Postgres.ConfirmWrite(batch, shipped), cancellation);

    public ValueTask<JournalResult> ForgetBeforeAsync(LakeHour before, CancellationToken cancellation) =>
        RunAloneAsync((session, step) => Forgetting.RunAsync(session, before, step), cancellation);

    public ValueTask<JournalResult> RecordRelayedAsync(RelayedObject relayed, CancellationToken cancellation)
    {
        WriteRules.Check(relayed);
        return RunAloneAsync((session, step) => Postgres.RelayedTable.InsertAsync(session, relayed, step), cancellation);
    }

    public ValueTask<JournalResult> SplitAsync(string source, int from, int to, CancellationToken cancellation)
    {
        WriteRules.CheckSplit(from, to);
        return RunAloneAsync((session, step) => new Split(session, source, from, to).RunAsync(step), cancellation);
    }

    public ValueTask<JournalResult> CloseHourAsync(LakeHour hour, CancellationToken cancellation) =>
        RunAloneAsync((session, step) => ClosedHoursTable.CloseAsync(session, hour, step), cancellation);

    /// <summary>Takes no more, finishes what is queued, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        _appends.Close();
        _others.Close();
        foreach (var committer in _committers)
            await committer.DisposeAsync();
        await Keeper.DisposeAsync();
        await _server.DisposeAsync();
    }

    private ValueTask<JournalResult> WriteAsync(CommitQueue queue, PostgresWrite write, CancellationToken cancellation) =>
        _options.ReadOnly ? ValueTask.FromResult(JournalMessages.ReadOnly) : queue.AddAsync(write, cancellation);

    /// <summary>Runs work that is rare and long in transactions of its own, on a connection of its own.</summary>
    private async ValueTask<JournalResult> RunAloneAsync(
        Func<Session, CommitStep, Task<JournalResult>> work, CancellationToken cancellation)
    {
        if (_options.ReadOnly)
            return JournalMessages.ReadOnly;
        if (Volatile.Read(ref _disposed) != 0)
            return JournalMessages.Closed;
        if (cancellation.IsCancellationRequested)
            return JournalMessages.CancelledBefore;

        var step = new CommitStep();
        try
        {
            await using var connection = await _server.ConnectAsync(cancellation);
            return await work(new Session(connection, Server.Seconds(_options.ReadTimeout), cancellation), step);
        }
        catch (Exception fault) when (Faults.IsOfServer(fault) || fault is OperationCanceledException or ObjectDisposedException)
        {
            return new JournalResult(step.IsCommitting ? JournalOutcome.Unknown : JournalOutcome.Refused, Faults.Describe(fault));
        }
    }
}
