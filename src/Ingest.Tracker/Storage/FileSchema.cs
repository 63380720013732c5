using System.Diagnostics;
using System.Globalization;

namespace Ingest.Tracker;

/// <summary>The tables of a tracker's file, and opening it while others do the same.</summary>
internal static class FileSchema
{
    private const int Version = 1;

    /// <summary>"INGT": says whose file it is.</summary>
    private const int ApplicationId = 0x494E4754;

    /// <summary>The log is cut back to this after it was copied, so that an outage does not leave a large one behind.</summary>
    private const int LogBytesKept = 1 << 20;

    /// <summary>How long to wait for others that open the file.</summary>
    private static readonly TimeSpan OpenPatience = TimeSpan.FromSeconds(10);

    private const string Tables = """
        CREATE TABLE event (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, name TEXT NOT NULL, schema TEXT, data BLOB NOT NULL,
            occurred_at INTEGER NOT NULL, recorded_at INTEGER NOT NULL, epoch TEXT, elapsed INTEGER NOT NULL,
            is_requeued INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE dead_letter (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, name TEXT NOT NULL, schema TEXT, data BLOB NOT NULL,
            occurred_at INTEGER NOT NULL, recorded_at INTEGER NOT NULL, epoch TEXT, elapsed INTEGER NOT NULL,
            status INTEGER NOT NULL, refused_at INTEGER NOT NULL);
        CREATE TABLE state (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            stored INTEGER NOT NULL, delivered INTEGER NOT NULL,
            pending INTEGER NOT NULL, pending_bytes INTEGER NOT NULL, set_aside INTEGER NOT NULL, set_aside_bytes INTEGER NOT NULL,
            dropped_full INTEGER NOT NULL, dropped_large INTEGER NOT NULL, dropped_unstored INTEGER NOT NULL,
            dropped_old INTEGER NOT NULL, dropped_refused INTEGER NOT NULL);
        INSERT INTO state VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        CREATE TABLE region_list (one INTEGER PRIMARY KEY CHECK (one = 1), body BLOB NOT NULL, signature BLOB NOT NULL);
        """;

    /// <summary>Opens a file, and makes what is not there.</summary>
    /// <exception cref="TrackerFileException">It cannot be used.</exception>
    public static Database Open(TrackerOptions options)
    {
        var path = options.File!;
        Database? database = null;
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
                Directory.CreateDirectory(folder);
            database = Database.Open(path);
            Prepare(database, path);
            // On Apple's systems a sync ends in the disk's own cache otherwise; elsewhere it changes nothing.
            if (options.SurvivesPowerLoss)
                database.Execute("PRAGMA fullfsync=1; PRAGMA checkpoint_fullfsync=1;");
            return database;
        }
        catch (Exception e) when (e is SqliteFault or IOException or UnauthorizedAccessException)
        {
            database?.Dispose();
            throw e as TrackerFileException ?? new TrackerFileException(e.Message, e);
        }
    }

    private static void Prepare(Database database, string path)
    {
        // Before the first table: afterwards it has no effect. Lets the file shrink when an outage is over.
        database.Execute("PRAGMA auto_vacuum=INCREMENTAL; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;");
        UseLog(database);
        database.Execute(string.Format(CultureInfo.InvariantCulture, "PRAGMA journal_size_limit={0}", LogBytesKept));
        database.Execute("BEGIN IMMEDIATE");
        var version = database.Scalar("PRAGMA user_version");
        if (version == 0 && database.Scalar("SELECT count(*) FROM sqlite_master") == 0)
        {
            database.Execute(Tables);
            database.Execute(string.Format(
                CultureInfo.InvariantCulture, "PRAGMA application_id={0}; PRAGMA user_version={1}", ApplicationId, Version));
        }
        else if (database.Scalar("PRAGMA application_id") != ApplicationId)
            throw new TrackerFileException(path + ": it is the database of another program.");
        else if (version != Version)
            throw new TrackerFileException(path + ": a newer version of the tracker made it.");
        database.Execute("COMMIT");
    }

    /// <summary>Switches to the write-ahead log. Where several processes do so at once, SQLite says no without waiting.</summary>
    private static void UseLog(Database database)
    {
        var began = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                database.Execute("PRAGMA journal_mode=WAL");
                return;
            }
            catch (SqliteFault fault) when (fault.IsBusy && began.Elapsed < OpenPatience)
            {
                Thread.Sleep(10);
            }
        }
    }
}
