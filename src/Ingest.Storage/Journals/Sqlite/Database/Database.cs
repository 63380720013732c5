using System.Globalization;
using SQLitePCL;

namespace Ingest.Storage;

/// <summary>
/// One connection to a SQLite file, straight on the C interface: bodies are bound from spans without a copy of our own,
/// nothing is boxed, and result codes decide what is known of a write. Used by one thread at a time.
/// </summary>
/// <remarks>
/// No memory mapping: an I/O error in a mapping kills the process (SIGBUS) where a read returns an error.
/// </remarks>
internal sealed class Database : IDisposable
{
    /// <summary>
    /// 4 KiB, the page of the file system and of the disk: a small append of one partition rewrites a few leaf pages, so
    /// that a larger page would multiply what a commit writes; large bodies go to overflow pages in either case.
    /// </summary>
    public const int PageBytes = 4096;

    private readonly sqlite3 _handle;
    private readonly List<Statement> _statements = [];

    static Database() => Batteries_V2.Init();

    private Database(string path, sqlite3 handle)
    {
        Path = path;
        _handle = handle;
    }

    public string Path { get; }

    /// <summary>True outside a transaction; SQLite ends one by itself on some faults.</summary>
    public bool IsAutocommit => raw.sqlite3_get_autocommit(_handle) != 0;

    /// <summary>Rows that the last INSERT, UPDATE or DELETE changed.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <param name="path">The file.</param>
    /// <param name="flags"><c>SQLITE_OPEN_…</c>.</param>
    /// <param name="cacheKib">Page cache in KiB.</param>
    /// <param name="busy">How long to wait for a lock of another connection.</param>
    /// <exception cref="SqliteFault">The file cannot be opened.</exception>
    public static Database Open(string path, int flags, int cacheKib, TimeSpan busy)
    {
        var code = raw.sqlite3_open_v2(path, out var handle, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        var database = new Database(path, handle);
        try
        {
            database.Check(code, "open");
            raw.sqlite3_extended_result_codes(handle, 1);
            raw.sqlite3_busy_timeout(handle, (int)busy.TotalMilliseconds);
            // Closing must not checkpoint: that would overwrite the evidence after a refusal to open.
            database.Check(raw.sqlite3_db_config(handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _), "configure");
            database.Execute(string.Create(
                CultureInfo.InvariantCulture,
                $"PRAGMA cache_size=-{cacheKib}; PRAGMA cell_size_check=ON; PRAGMA secure_delete=OFF; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; PRAGMA trusted_schema=OFF;"));
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>A statement that lives as long as the connection; compiled at its first use.</summary>
    public Statement Prepare(string sql)
    {
        var statement = new Statement(this, sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Runs statements that return nothing.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql), sql);

    /// <summary>The first column of the first row.</summary>
    public long Scalar(string sql)
    {
        using var statement = new Statement(this, sql);
        using var rows = statement.Query();
        return rows.Next() ? rows.Int64(0) : throw new InvalidOperationException($"No row: {sql}");
    }

    /// <summary>Copies the write-ahead log into the database.</summary>
    /// <returns>Frames in the log, and how many of them are in the database now.</returns>
    public (int Frames, int Copied) Checkpoint(int mode)
    {
        Check(raw.sqlite3_wal_checkpoint_v2(_handle, "main", mode, out var frames, out var copied), "checkpoint");
        return (frames, copied);
    }

    /// <summary>Pages that this connection wrote to the log since the last call.</summary>
    public int TakePagesWritten()
    {
        Check(raw.sqlite3_db_status(_handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var written, out _, 1), "db_status");
        return written;
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
            statement.Dispose();
        _handle.Dispose();
    }

    internal sqlite3_stmt Compile(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_handle, sql, out var statement), sql);
        return statement;
    }

    internal void Check(int code, string action)
    {
        if (code is raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE)
            return;

        var detail = raw.sqlite3_errmsg(_handle).utf8_to_string();
        throw new SqliteFault(code, string.Create(CultureInfo.InvariantCulture, $"{Path}: {detail} (SQLite code {code}, {action})"));
    }
}
