using System.Globalization;
using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>The last closed hour, and the advisory lock that keeps appends and the closing of hours apart.</summary>
internal static class ClosedHoursTable
{
    private const string Read = "SELECT last_hour FROM ingest.closed_hours";

    private const string Raise = "UPDATE ingest.closed_hours SET last_hour = $1 WHERE last_hour < $1";

    /// <summary>Stands in the row before any hour is closed: below every hour.</summary>
    private const int None = int.MinValue;

    /// <summary>Key of the lock: "OrInHour".</summary>
    private const long LockKey = 0x4F72496E486F7572;

    /// <summary>Taken by every append until its transaction ends; before any lock on rows.</summary>
    public static readonly string LockForAppend = Lock("pg_advisory_xact_lock_shared");

    private static readonly string LockForClosing = Lock("pg_advisory_xact_lock");

    /// <summary>
    /// Fails the transaction where another hour is the last closed one by now. To be a statement of its own behind <see
    /// cref="LockForAppend"/>: each statement sees what was committed when it began.
    /// </summary>
    public static NpgsqlBatchCommand RequireLast(ClosedHours closed) => new(
        $"SELECT ingest.require(({Read}) = $1, '{Faults.ClosedHourCode}')")
    {
        Parameters = { Parameter.Of(closed.Last?.Number ?? None) },
    };

    public static async Task<ClosedHours> ReadAsync(Session session) => (await session.QueryAsync(
        Read, rows => rows.GetInt32(0) is var hour && hour == None ? default : new ClosedHours(new LakeHour(hour))))[0];

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
