using System.Globalization;
using Ingest.Engine;
using SQLitePCL;

namespace Ingest.Storage;

/// <summary>Opens the file of a spill, and makes it where there is none. What speaks for a loss is an error that says what to do.</summary>
internal static class SpillOpening
{
    /// <summary>Goes up with every change that an older program cannot read.</summary>
    private const int Version = 1;

    /// <summary>Marks the file's type: "OrSp".</summary>
    private const int ApplicationId = 0x4F725370;

    /// <summary>Size up to which the file's structure is checked: 64 MiB take some 100 ms.</summary>
    private const long CheckBytesMax = 64L << 20;

    /// <summary>Pages of the log after which a commit copies it: 16 MiB.</summary>
    private const int CheckpointPages = (16 << 20) / Database.PageBytes;

    private const int CacheKib = 8 << 10;

    private const string Advice =
        "Keep a copy of the folder as it is, and look at the disk. To go on without what is waiting in it, move the folder's files " +
        "away and start again; what they hold can be recovered from the copy with the sqlite3 shell (.recover). Nothing was deleted.";

    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(5);

    private const string Sql =
        """
        CREATE TABLE batches(position INTEGER PRIMARY KEY, source TEXT NOT NULL, events INTEGER NOT NULL,
          received INTEGER NOT NULL, aside INTEGER NOT NULL, crc INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE INDEX batches_by_source ON batches(source, position) WHERE aside = 0;
        """;

    /// <summary>The connection that writes: every commit is synced.</summary>
    /// <exception cref="JournalCorruptException">The file is damaged, or is no spill.</exception>
    /// <exception cref="JournalUnavailableException">A newer version of this program wrote it.</exception>
    public static Database OpenWriter(string path)
    {
        var log = path + "-wal";
        var isNew = JournalFolder.LengthOf(path) is null or 0;
        if (isNew && JournalFolder.LengthOf(log) is > 0)
            throw Damage.File(path, "it is missing or empty, but its log is there", Advice);
        WalInspection.Check(log, Advice);
        var database = Database.Open(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, CacheKib, Busy);
        try
        {
            database.Execute(string.Create(
                CultureInfo.InvariantCulture, $"PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint={CheckpointPages};"));
            Prepare(database);
            database.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
            // The names of the file and of its log must survive a power cut, too.
            if (!OperatingSystem.IsWindows())
                Posix.SyncDirectory(Path.GetDirectoryName(path)!);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public static Database OpenReader(string path) => Database.Open(path, raw.SQLITE_OPEN_READWRITE, CacheKib, Busy);

    private static void Prepare(Database database)
    {
        if (database.Scalar("SELECT count(*) FROM sqlite_schema") == 0)
        {
            database.Execute("PRAGMA page_size=4096; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL;");
            database.Execute("BEGIN IMMEDIATE");
            database.Execute(Sql);
            database.Execute(string.Create(
                CultureInfo.InvariantCulture, $"PRAGMA application_id={ApplicationId}; PRAGMA user_version={Version}; COMMIT;"));
            return;
        }

        if (database.Scalar("PRAGMA application_id") != ApplicationId)
            throw Damage.File(database.Path, "it is a SQLite database, but no spill of this system", Advice);
        var version = database.Scalar("PRAGMA user_version");
        if (version > Version)
            throw new JournalUnavailableException($"{database.Path}: it was written by a newer version of this program (format {version}, this one knows {Version}). Run that version until it has drained.");
        if (database.Scalar("PRAGMA page_count") * Database.PageBytes <= CheckBytesMax)
            JournalCheck.ThrowOnDamagedStructure(database, "quick_check");
    }
}
