using System.Globalization;
using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>The last closed hour, and the advisory lock that keeps appends and the closing of hours apart.</summary>
internal static class ClosedHoursTable
{
    /// <summary>To be a statement of its own before it: each statement sees what was committed when it began.</summary>
    public const string Read = "SELECT last_hour FROM ingest.closed_hours";

    private const string Raise = "UPDATE ingest.closed_hours SET last_hour = $1 WHERE last_hour IS NULL OR last_hour < $1";

    /// <summary>Key of the lock: "OrInHour".</summary>
    private const long LockKey = 0x4F72496E486F7572;

    /// <summary>Taken by every append until its transaction ends; before any lock on rows.</summary>
    public static readonly string LockForAppend = Lock("pg_advisory_xact_lock_shared");

    private static readonly string LockForClosing = Lock("pg_advisory_xact_lock");

    public static ClosedHours ReadRow(NpgsqlDataReader rows) =>
        rows.IsDBNull(0) ? default : new ClosedHours(new LakeHour(rows.GetInt32(0)));

    public static async Task<ClosedHours> ReadAsync(Session session) => (await session.QueryAsync(Read, ReadRow))[0];

    /// <summary>Waits for the appends under way, and keeps others waiting for the length of one update and commit.</summary>
    public static async Task<JournalResult> CloseAsync(Session session, LakeHour hour, CommitStep step)
    {
        await using var transaction = await session.Connection.BeginTransactionAsync(session.Cancellation);
        await session.ExecuteAsync(LockForClosing);
        await session.ExecuteAsync(Raise, Parameter.Of(hour.Number));
        await step.CommitAsync(transaction, session.Cancellation);
        return JournalResult.Committed;
    }

    private static string Lock(string function) => string.Create(CultureInfo.InvariantCulture, $"SELECT {function}({LockKey})");
}
