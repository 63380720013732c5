using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>
/// Runs one group of writes in one transaction: locks and reads what they decide by, lets each decide, writes what they
/// changed, commits. Two round trips, one more where something is sealed.
/// </summary>
/// <remarks>
/// What is known when something fails: until the statement COMMIT is on its way, nothing is stored, so the writes are refused
/// or the group runs again. From then on a lost or late answer leaves it open: unknown.
/// </remarks>
internal sealed class GroupCommit(PartitionKeys keys, PostgresJournalOptions options)
{
    /// <summary>Times that a group runs when others stand in its way: a generation dropped at the same moment, a deadlock.</summary>
    private const int TriesMax = 5;

    private readonly int _seconds = Server.Seconds(options.WriteTimeout);

    /// <summary>Sets the result of every write. Never throws.</summary>
    /// <param name="writes">The group; one at least.</param>
    /// <param name="connect">Gives the connection to use, opened anew where the last one was lost.</param>
    public async Task RunAsync(IReadOnlyList<PostgresWrite> writes, Func<Task<NpgsqlConnection>> connect)
    {
        var skipLocked = false;
        for (var attempt = 1; ; attempt++)
        {
            var step = new Step();
            try
            {
                await TryAsync(writes, await connect(), skipLocked, step);
                return;
            }
            catch (Exception fault)
            {
                await step.RollBackAsync(afterFault: true);
                if (step.MayBeCommitted(fault))
                {
                    SetAll(writes, JournalOutcome.Unknown, fault);
                    return;
                }

                if (Faults.IsLockTimeout(fault) && !skipLocked)
                {
                    skipLocked = true;
                }
                else if (Faults.IsOfData(fault) && writes.Count > 1)
                {
                    foreach (var write in writes)
                        await RunAsync([write], connect);
                    return;
                }
                else if (!(Faults.MayPass(fault) || (Faults.IsLostConnection(fault) && attempt == 1)) || attempt == TriesMax)
                {
                    SetAll(writes, JournalOutcome.Refused, fault);
                    return;
                }
            }
        }
    }

    private async Task TryAsync(IReadOnlyList<PostgresWrite> writes, NpgsqlConnection connection, bool skipLocked, Step step)
    {
        var session = new Session(connection, _seconds, CancellationToken.None);
        await keys.LoadAsync(session, writes);
        step.Begun(connection);
        var group = await LockAsync(session, writes, skipLocked);
        await SumUnsealedAsync(session, group, writes);
        foreach (var write in writes)
        {
            var isLockedByOthers = skipLocked && keys.Find(write.Partition) is not null && group.Find(write.Partition) is null;
            write.Result = isLockedByOthers
                ? new JournalResult(JournalOutcome.Refused, $"another process is writing {write.Partition}")
                : write.Execute(group);
        }

        if (group.ChangedRows.Count == 0)
        {
            await step.RollBackAsync(afterFault: false);
            return;
        }

        await WriteAsync(session, group, step);
    }

    /// <summary>Begins, locks the partitions in the order of their keys, and reads what the writes decide by.</summary>
    private async Task<Group> LockAsync(Session session, IReadOnlyList<PostgresWrite> writes, bool skipLocked)
    {
        var locked = writes.Select(w => keys.Find(w.Partition)).OfType<int>().Distinct().ToArray();
        var confirms = writes.OfType<ConfirmWrite>().Where(c => keys.Find(c.Partition) is not null).ToList();
        await using var batch = new NpgsqlBatch(session.Connection) { Timeout = session.Seconds };
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        var appends = writes.OfType<AppendWrite>().Any();
        if (appends)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(ClosedHoursTable.LockForAppend));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(ClosedHoursTable.Read));
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(skipLocked ? PartitionsTable.LockFree : PartitionsTable.Lock)
        {
            Parameters = { Parameter.Of(locked) },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(GenerationTables.ReadOpen));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT name, partition_count FROM ingest.sources WHERE name = ANY ($1)")
        {
            Parameters = { Parameter.Of(writes.Where(w => keys.Find(w.Partition) is null).Select(w => w.Partition.Source).ToArray()) },
        });
        if (confirms.Count > 0)
        {
            batch.BatchCommands.Add(BatchesTable.FindPending(confirms, keys));
            batch.BatchCommands.Add(BatchesTable.FindShipped(confirms, keys));
        }

        var group = new Group();
        await using var rows = await batch.ExecuteReaderAsync();
        if (appends)
        {
            await rows.NextResultAsync();
            await rows.ReadAsync();
            group.Closed = ClosedHoursTable.ReadRow(rows);
            await rows.NextResultAsync();
        }

        while (await rows.ReadAsync())
            group.AddLocked(PartitionsTable.Read(rows));
        await rows.NextResultAsync();
        await rows.ReadAsync();
        group.Open = GenerationTables.ReadOpenRow(rows);
        await rows.NextResultAsync();
        while (await rows.ReadAsync())
            group.PartitionCounts.Add(rows.GetString(0), rows.GetInt32(1));
        if (confirms.Count > 0)
        {
            await rows.NextResultAsync();
            while (await rows.ReadAsync())
            {
                var pending = SealedBatch.Read(rows);
                group.Pending.Add(pending.Batch.Id, pending);
            }

            await rows.NextResultAsync();
            while (await rows.ReadAsync())
                group.Shipped.Add(new BatchId(new PartitionId(rows.GetString(0), rows.GetInt32(1)), rows.GetInt64(3), (LakeStream)rows.GetInt16(2)));
        }

        return group;
    }

    private static async Task SumUnsealedAsync(Session session, Group group, IReadOnlyList<PostgresWrite> writes)
    {
        var seals = writes.OfType<SealWrite>()
            .Select(s => (Write: s, Row: group.Find(s.Partition)))
            .Where(s => s.Row?.Unsealed(s.Write.Batch.Stream).Blocks > 0)
            .ToList();
        if (seals.Count == 0)
            return;

        var generations = await GenerationTables.ListBlocksAsync(
            session, seals.Min(s => s.Row!.Unsealed(s.Write.Batch.Stream).Generation));
        await using var batch = new NpgsqlBatch(session.Connection) { Timeout = session.Seconds };
        foreach (var (write, row) in seals)
        {
            var run = row!.Unsealed(write.Batch.Stream);
            batch.BatchCommands.Add(new NpgsqlBatchCommand(GenerationTables.SumUnsealed(generations.FindAll(g => g >= run.Generation)))
            {
                Parameters =
                {
                    Parameter.Of(row.Key),
                    Parameter.Of((short)write.Batch.Stream),
                    Parameter.Of(run.SealedTo),
                    Parameter.Of(write.Batch.ToSeq),
                    Parameter.Of(write.Batch.Hour.Number),
                },
            });
        }

        await using var rows = await batch.ExecuteReaderAsync();
        foreach (var (write, _) in seals)
        {
            await rows.ReadAsync();
            write.Found = GenerationTables.ReadSums(rows);
            await rows.NextResultAsync();
        }
    }

    private static async Task WriteAsync(Session session, Group group, Step step)
    {
        await using var batch = new NpgsqlBatch(session.Connection) { Timeout = session.Seconds };
        if (group.Blocks.Count > 0)
            batch.BatchCommands.Add(BlocksTable.Insert(group.Open.Blocks, group.Blocks));
        if (group.Ids.Count > 0)
            batch.BatchCommands.Add(IdsTable.Insert(group.Open.Ids, group.Ids));
        if (group.Sealed.Count > 0)
            batch.BatchCommands.Add(BatchesTable.Insert(group.Sealed));
        if (group.Confirmed.Count > 0)
        {
            batch.BatchCommands.Add(BatchesTable.Delete(group.Confirmed));
            batch.BatchCommands.Add(BatchesTable.InsertShipped(group.Confirmed));
        }

        if (group.LedgerChanges.Count > 0)
            batch.BatchCommands.Add(LedgerTable.Add(group.LedgerChanges));
        batch.BatchCommands.Add(PartitionsTable.Update(group.ChangedRows));
        batch.BatchCommands.Add(step.Commit);
        step.Committing();
        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>A write that was fenced or refused stays so: that was decided by what others had committed or locked.</summary>
    private static void SetAll(IReadOnlyList<PostgresWrite> writes, JournalOutcome outcome, Exception fault)
    {
        foreach (var write in writes)
        {
            if (write.Result.Outcome == JournalOutcome.Committed)
                write.Result = new JournalResult(outcome, Faults.Describe(fault));
        }
    }

    /// <summary>How far one try of a transaction came.</summary>
    private sealed class Step
    {
        private NpgsqlConnection? _connection;
        private bool _committing;

        public NpgsqlBatchCommand Commit { get; } = new("COMMIT");

        /// <summary>From here on the connection is in a transaction, or about to be.</summary>
        public void Begun(NpgsqlConnection connection) => _connection = connection;

        /// <summary>The statements that end with COMMIT are about to be sent.</summary>
        public void Committing() => _committing = true;

        /// <summary>
        /// False where the server said itself, over a connection that it did not end, that a statement before COMMIT failed.
        /// </summary>
        public bool MayBeCommitted(Exception fault) => _committing
            && !(fault is PostgresException { InvariantSeverity: "ERROR", BatchCommand: { } failed } && failed != Commit);

        /// <summary>Ends the transaction where there is one. A connection that fails at it is closed, and with it the transaction.</summary>
        public async Task RollBackAsync(bool afterFault)
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
    }
}
