using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>Runs one group of writes in one transaction, again where others stood in its way, and tells what became of each.</summary>
/// <remarks>
/// What is known when something fails: until the batch of statements that ends with COMMIT is on its way, nothing is stored, and
/// neither when the server itself said that a statement before COMMIT failed. Then the writes are refused, or the group runs
/// again. Any other fault from there on, as a lost or late answer, leaves it open: unknown.
/// </remarks>
internal abstract class GroupCommit(PartitionKeys keys, PostgresJournalOptions options)
{
    /// <summary>
    /// Times that a group runs when others stand in its way: a generation dropped at the same moment, a deadlock. A try that found
    /// out who was at fault (a stale writer) does not count: there are at most as many as writes.
    /// </summary>
    private const int TriesMax = 6;

    private readonly int _seconds = Server.Seconds(options.WriteTimeout);

    protected PartitionKeys Keys { get; } = keys;

    /// <summary>Sets the result of every write. Never throws.</summary>
    /// <param name="writes">The group; one at least.</param>
    /// <param name="connect">Gives the connection to use, opened anew where the last one was lost.</param>
    public async Task RunAsync(IReadOnlyList<PostgresWrite> writes, Func<Task<NpgsqlConnection>> connect)
    {
        for (var tries = 1; writes.Count > 0;)
        {
            using var step = new GroupStep();
            foreach (var write in writes)
                write.Result = JournalResult.Committed; // Unless this try says otherwise.
            try
            {
                var session = new Session(await connect(), _seconds, CancellationToken.None);
                await Keys.LoadAsync(session, writes);
                await TryAsync(session, writes, step);
                step.Done();
                return;
            }
            catch (Exception fault)
            {
                await step.RollBackAsync();
                if (step.MayBeCommitted(fault))
                {
                    SetAll(writes, JournalOutcome.Unknown, fault);
                    return;
                }

                var rest = await LeaveOutAsync(writes, fault, tries, connect);
                if (rest is null || (rest.Count == writes.Count && ++tries > TriesMax))
                {
                    SetAll(writes, JournalOutcome.Refused, fault);
                    return;
                }

                writes = rest;
            }
        }
    }

    /// <summary>Runs the group once, and sets the result of every write. Throws where it failed as a whole.</summary>
    protected abstract Task TryAsync(Session session, IReadOnlyList<PostgresWrite> writes, GroupStep step);

    /// <summary>After a fault that some writes caused: sets their result.</summary>
    /// <returns>The others, to be run again; null where the fault is of another kind.</returns>
    protected virtual Task<IReadOnlyList<PostgresWrite>?> LeaveOutAsync(Session session, IReadOnlyList<PostgresWrite> writes, Exception fault) =>
        Task.FromResult<IReadOnlyList<PostgresWrite>?>(null);

    private async Task<IReadOnlyList<PostgresWrite>?> LeaveOutAsync(
        IReadOnlyList<PostgresWrite> writes, Exception fault, int tries, Func<Task<NpgsqlConnection>> connect)
    {
        if (Faults.IsLostConnection(fault) && tries == 1)
            return writes;
        try
        {
            if (fault is PostgresException && await LeaveOutAsync(new Session(await connect(), _seconds, CancellationToken.None), writes, fault) is { } rest)
                return rest;
            if (Faults.MayPass(fault))
                return writes;
            if (Faults.IsLockTimeout(fault))
                return await LeaveOutLockedAsync(new Session(await connect(), _seconds, CancellationToken.None), writes);
            if (Faults.IsOfData(fault) && writes.Count > 1)
            {
                foreach (var write in writes)
                    await RunAsync([write], connect);
                return [];
            }

            return null;
        }
        catch (Exception again) when (Faults.IsOfServer(again))
        {
            return null;
        }
    }

    /// <summary>Refuses the writes of partitions that others hold, so that the neighbours go on without them.</summary>
    private async Task<IReadOnlyList<PostgresWrite>?> LeaveOutLockedAsync(Session session, IReadOnlyList<PostgresWrite> writes)
    {
        var free = await session.QueryAsync(PartitionsTable.LockFree, rows => rows.GetInt32(0), Parameter.Of(KeysOf(writes)));
        var rest = new List<PostgresWrite>();
        foreach (var write in writes)
        {
            if (Keys.Find(write.Partition) is { } key && !free.Contains(key))
                write.Result = new JournalResult(JournalOutcome.Refused, $"another process is writing {write.Partition}");
            else
                rest.Add(write);
        }

        return rest;
    }

    /// <summary>The keys of those partitions that have one, each once, in the order in which they are locked.</summary>
    protected int[] KeysOf(IEnumerable<PostgresWrite> writes) =>
        [.. writes.Select(w => Keys.Find(w.Partition)).OfType<int>().Distinct().Order()];

    /// <summary>A write that was fenced stays so: that was decided by what others had committed.</summary>
    private static void SetAll(IReadOnlyList<PostgresWrite> writes, JournalOutcome outcome, Exception fault)
    {
        foreach (var write in writes.Where(write => write.Result.Outcome == JournalOutcome.Committed))
            write.Result = new JournalResult(outcome, Faults.Describe(fault), Faults.IsOfStorage(fault));
    }
}
