using System.Globalization;
using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>The last closed hour, and the advisory lock that keeps appends and the closing of hours apart.</summary>
internal static class ClosedHoursTable
{
    private const string Read = "SELECT last_hour FROM ingest.closed_hours";

    // Only an hour that is over by the database's clock too: one process whose clock is ahead must not close for all.
    private const string Raise =
        "UPDATE ingest.closed_hours SET last_hour = $1 WHERE last_hour < $1 AND $1 < floor(extract(epoch FROM clock_timestamp()) / 3600)";

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

    /// <summary>
    /// Waits for the appends under way, and keeps others waiting for the length of one update and commit: all of it is one round
    /// trip, so that a process that is cut off in the middle holds up nobody.
    /// </summary>
    public static async Task<JournalResult> CloseAsync(Session session, LakeHour hour, CommitStep step)
    {
        await using var batch = new NpgsqlBatch(session.Connection) { Timeout = session.Seconds };
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(LockForClosing));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Raise) { Parameters = { Parameter.Of(hour.Number) } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        await step.CommitAsync(() => batch.ExecuteNonQueryAsync(session.Cancellation));
        return (await ReadAsync(session)).Last >= hour
            ? JournalResult.Committed
            : new JournalResult(JournalOutcome.Refused, $"{hour} is not over yet by the database's clock");
    }

    private static string Lock(string function) => string.Create(CultureInfo.InvariantCulture, $"SELECT {function}({LockKey})");
}
