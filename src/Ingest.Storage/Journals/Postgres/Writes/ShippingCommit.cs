using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>
/// Commits a group of seals and confirmations: locks and reads what they decide by, lets each decide, writes what they changed,
/// commits. Two round trips, one more where something is sealed.
/// </summary>
internal sealed class ShippingCommit(PartitionKeys keys, PostgresJournalOptions options) : GroupCommit(keys, options)
{
    protected override async Task TryAsync(Session session, IReadOnlyList<PostgresWrite> writes, GroupStep step)
    {
        step.Begun(session.Connection);
        var group = await LockAsync(session, writes);
        await SumUnsealedAsync(session, group, writes);
        foreach (var write in writes.Cast<ShippingWrite>())
            write.Result = write.Execute(group);
        if (group.ChangedRows.Count == 0)
        {
            await step.RollBackAsync(afterFault: false);
            return;
        }

        await WriteAsync(session, group, step);
    }

    /// <summary>Begins, locks the partitions in the order of their keys, and reads what the writes decide by.</summary>
    private async Task<Group> LockAsync(Session session, IReadOnlyList<PostgresWrite> writes)
    {
        var confirms = writes.OfType<ConfirmWrite>().Where(c => Keys.Find(c.Partition) is not null).ToList();
        await using var batch = new NpgsqlBatch(session.Connection) { Timeout = session.Seconds };
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(PartitionsTable.Lock) { Parameters = { Parameter.Of(KeysOf(writes)) } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(GenerationTables.ReadOpen));
        if (confirms.Count > 0)
        {
            batch.BatchCommands.Add(BatchesTable.FindPending(confirms, Keys));
            batch.BatchCommands.Add(BatchesTable.FindShipped(confirms, Keys));
        }

        var group = new Group();
        await using var rows = await batch.ExecuteReaderAsync();
        while (await rows.ReadAsync())
            group.AddLocked(PartitionsTable.Read(rows));
        await rows.NextResultAsync();
        await rows.ReadAsync();
        group.Open = GenerationTables.ReadOpenRow(rows);
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

    private static async Task WriteAsync(Session session, Group group, GroupStep step)
    {
        await using var batch = new NpgsqlBatch(session.Connection) { Timeout = session.Seconds };
        if (group.Pieces.Count > 0)
            batch.BatchCommands.Add(BlocksTable.Insert(group.Open.Blocks, group.Pieces));
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
}
