using Ingest.Engine;

namespace Ingest.Storage.Postgres;

/// <summary>Relay objects that were delivered whole, kept as long as the ledger.</summary>
internal static class RelayedTable
{
    /// <summary>Rows that one statement drops.</summary>
    private const int RowsMax = 2_000;

    public static async Task<JournalResult> InsertAsync(Session session, RelayedObject relayed, CommitStep step)
    {
        await step.CommitAsync(() => session.ExecuteAsync(
            "INSERT INTO ingest.relayed (region, key, sha256, delivered_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            Parameter.Of(relayed.Region),
            Parameter.Of(relayed.Key),
            Parameter.Of(relayed.Sha256),
            Parameter.Of(relayed.DeliveredAt.UnixMilliseconds)));
        return JournalResult.Committed;
    }

    public static Task<bool> ContainsAsync(Session session, string region, string key, string sha256) => session.ScalarAsync<bool>(
        "SELECT true FROM ingest.relayed WHERE region = $1 AND key = $2 AND sha256 = $3",
        Parameter.Of(region),
        Parameter.Of(key),
        Parameter.Of(sha256));

    /// <summary>Drops what was delivered before a time, a bounded number a statement.</summary>
    public static async Task ForgetAsync(Session session, Instant before)
    {
        while (await session.ExecuteAsync(
            "DELETE FROM ingest.relayed WHERE ctid = ANY (ARRAY(SELECT ctid FROM ingest.relayed WHERE delivered_at < $1 LIMIT $2))",
            Parameter.Of(before.UnixMilliseconds),
            Parameter.Of((long)RowsMax)) == RowsMax)
        {
            // A full statement: there may be more.
        }
    }
}
