using System.Globalization;
using Ingest.Engine;

namespace Ingest.Storage.Postgres;

/// <summary>Makes sure of a database before anything is read from it or written to it.</summary>
internal static class Opening
{
    /// <returns>The journal's id.</returns>
    /// <exception cref="JournalUnavailableException">The database is not fit; says why, and what to do.</exception>
    public static async Task<string> VerifyAsync(Session session, PostgresJournalOptions options)
    {
        var status = await PostgresMigrations.ReadAsync(session.Connection, session.Cancellation);
        if (status.Pending.Count > 0)
            throw await NotMigratedAsync(session, status);

        if (!options.AllowUnsafeServer)
            await RequireDurableAsync(session);
        var ids = await session.QueryAsync("SELECT id FROM ingest.journal", rows => rows.GetString(0));
        return ids.Count == 1 && JournalIds.IsValid(ids[0])
            ? ids[0]
            : throw Damage.Row("journal", "its only row", "it is missing or no id");
    }

    private static async Task<JournalUnavailableException> NotMigratedAsync(Session session, MigrationStatus status)
    {
        if (await PostgresMigrations.IsRunningAsync(session.Connection, session.Cancellation))
            return new JournalUnavailableException("The database is being migrated just now.");

        // It may have ended between the two questions.
        status = await PostgresMigrations.ReadAsync(session.Connection, session.Cancellation);
        if (status.Pending.Count == 0)
            return new JournalUnavailableException("The database has just been migrated.");

        var message = status.Applied == 0
            ? "The database has no journal yet. Run: ./ingest db migrate"
            : string.Create(CultureInfo.InvariantCulture, $"The database has schema {status.Applied}, this program needs {status.Known}. Run: ./ingest db migrate");
        return new JournalUnavailableException(message, mayPass: false);
    }

    private static async Task RequireDurableAsync(Session session)
    {
        var off = await session.QueryAsync(
            "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name",
            rows => rows.GetString(0));
        if (off.Count > 0)
        {
            throw new JournalUnavailableException(
                $"The server may lose what it committed: {string.Join(" and ", off)} {(off.Count == 1 ? "is" : "are")} off. " +
                "Turn it on, for this database or user at least; no event is safe without.",
                mayPass: false);
        }
    }
}
