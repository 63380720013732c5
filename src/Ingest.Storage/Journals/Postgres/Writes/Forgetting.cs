using Ingest.Engine;

namespace Ingest.Storage.Postgres;

/// <summary>Drops old ledger rows, confirmed batches and relayed objects, a bounded number a transaction, so that no commit waits long for it.</summary>
internal static class Forgetting
{
    /// <summary>Partitions of one transaction.</summary>
    private const int PartitionsMax = 16;

    /// <summary>Confirmed batches that one statement drops.</summary>
    private const int BatchesMax = 2_000;

    public static async Task<JournalResult> RunAsync(Session session, LakeHour before, CommitStep step)
    {
        var partitions = await session.QueryAsync(
            "SELECT DISTINCT partition FROM ingest.ledger WHERE hour < $1 ORDER BY 1", rows => rows.GetInt32(0), Parameter.Of(before.Number));
        foreach (var some in partitions.Chunk(PartitionsMax))
        {
            await using var transaction = await session.Connection.BeginTransactionAsync(session.Cancellation);
            await ForgetLedgerAsync(session, some, before);
            await step.CommitAsync(transaction, session.Cancellation);
        }

        while (await ForgetShippedAsync(session, before) == BatchesMax)
        {
            // A full statement: there may be more.
        }

        await RelayedTable.ForgetAsync(session, before.Start);
        return JournalResult.Committed;
    }

    /// <summary>Rows of hours with pending events stay, or the ledger would no longer add up. The locks keep new ones out meanwhile.</summary>
    private static async Task ForgetLedgerAsync(Session session, int[] partitions, LakeHour before)
    {
        await session.QueryAsync(PartitionsTable.Lock, PartitionsTable.Read, Parameter.Of(partitions));
        var pending = await LedgerReader.PendingAsync(session, partitions);
        await session.ExecuteAsync(
            """
            DELETE FROM ingest.ledger l
            WHERE l.partition = ANY ($1) AND l.hour < $2 AND NOT EXISTS (
                SELECT FROM unnest($3::int[], $4::int[]) AS p (partition, hour) WHERE p.partition = l.partition AND p.hour = l.hour)
            """,
            Parameter.Of(partitions),
            Parameter.Of(before.Number),
            Parameter.Of(pending.Select(p => p.Partition).ToArray()),
            Parameter.Of(pending.Select(p => p.Hour.Number).ToArray()));
    }

    private static Task<int> ForgetShippedAsync(Session session, LakeHour before) => session.ExecuteAsync(
        "DELETE FROM ingest.shipped WHERE ctid = ANY (ARRAY(SELECT ctid FROM ingest.shipped WHERE hour < $1 LIMIT $2))",
        Parameter.Of(before.Number),
        Parameter.Of((long)BatchesMax));
}
