using System.Globalization;
using SQLitePCL;

namespace Ingest.Tracker;

/// <summary>One connection to a SQLite file, on the C interface. Used by one thread at a time.</summary>
internal sealed class Database : IDisposable
{
    /// <summary>How long to wait for another process's write.</summary>
    private const int BusyMilliseconds = 10_000;

    private readonly string _path;
    private readonly sqlite3 _handle;
    private readonly List<Statement> _statements = [];

    static Database() => Batteries_V2.Init();

    private Database(string path, sqlite3 handle)
    {
        _path = path;
        _handle = handle;
    }

    /// <summary>True within a transaction; SQLite ends one by itself on some faults.</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Rows that the last INSERT, UPDATE or DELETE changed.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <exception cref="SqliteFault">The file cannot be opened.</exception>
    public static Database Open(string path)
    {
        var code = raw.sqlite3_open_v2(
            path, out var handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, null);
        var database = new Database(path, handle);
        try
        {
            database.Check(code, "open");
            raw.sqlite3_extended_result_codes(handle, 1);
            raw.sqlite3_busy_timeout(handle, BusyMilliseconds);
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

    /// <summary>Runs statements whose rows do not matter.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql), sql);

    /// <summary>The first column of the first row.</summary>
    public long Scalar(string sql)
    {
        using var statement = new Statement(this, sql);
        statement.Next();
        return statement.Int64(0);
    }

    /// <summary>Ends all reading, and forgets what was bound.</summary>
    public void ResetStatements()
    {
        foreach (var statement in _statements)
            statement.Reset();
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
        throw new SqliteFault(
            code, string.Format(CultureInfo.InvariantCulture, "{0}: {1} (SQLite code {2}, {3})", _path, detail, code, action));
    }
}
