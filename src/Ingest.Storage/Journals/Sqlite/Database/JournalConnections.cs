using SQLitePCL;

namespace Ingest.Storage;

/// <summary>The connections of a journal and how each is set.</summary>
internal static class JournalConnections
{
    /// <summary>Twice the largest group commit, so that no page of one is written to the log before its commit; those of an upgrade and of a split may be.</summary>
    private const int WriterCacheKib = 32 << 10;

    /// <summary>Bodies are read once, so that caching them is left to the operating system.</summary>
    private const int ReaderCacheKib = 2 << 10;

    /// <summary>A checkpoint reads and writes past the cache.</summary>
    private const int CheckpointCacheKib = 256;

    private static readonly TimeSpan WriterBusy = TimeSpan.FromSeconds(5);

    /// <summary>Short, since commits wait meanwhile when the log is begun anew.</summary>
    private static readonly TimeSpan CheckpointBusy = TimeSpan.FromMilliseconds(20);

    /// <summary>Commits are synced (FULL), and never checkpoint by themselves.</summary>
    public static Database OpenWriter(JournalFolder folder, bool create = false)
    {
        var flags = raw.SQLITE_OPEN_READWRITE | (create ? raw.SQLITE_OPEN_CREATE : 0);
        return Set(Database.Open(folder.Database, flags, WriterCacheKib, WriterBusy));
    }

    public static Database OpenCheckpointer(JournalFolder folder) =>
        Set(Database.Open(folder.Database, raw.SQLITE_OPEN_READWRITE, CheckpointCacheKib, CheckpointBusy));

    /// <param name="folder">The journal's files.</param>
    /// <param name="readOnly">Never writes, not even the shared memory of a log whose owner is gone.</param>
    public static Database OpenReader(JournalFolder folder, bool readOnly) => Database.Open(
        folder.Database, readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE, ReaderCacheKib, WriterBusy);

    private static Database Set(Database database)
    {
        try
        {
            database.Execute("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }
}
