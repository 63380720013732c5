using SQLitePCL;

namespace Ingest.Tracker;

/// <summary>
/// One statement of one connection, reused for every call: bind from parameter 1 on in order, then run it, or read its
/// rows and reset it. Columns are numbered from 0.
/// </summary>
internal sealed class Statement(Database database, string sql) : IDisposable
{
    private sqlite3_stmt? _handle;
    private int _bound;

    private sqlite3_stmt Handle => _handle ??= database.Compile(sql);

    public Statement With(long value)
    {
        database.Check(raw.sqlite3_bind_int64(Handle, ++_bound, value), sql);
        return this;
    }

    public Statement With(string? value)
    {
        database.Check(
            value is null ? raw.sqlite3_bind_null(Handle, ++_bound) : raw.sqlite3_bind_text(Handle, ++_bound, value), sql);
        return this;
    }

    public Statement With(byte[] value)
    {
        database.Check(raw.sqlite3_bind_blob(Handle, ++_bound, value), sql);
        return this;
    }

    /// <summary>Runs it to its end.</summary>
    public void Run()
    {
        try
        {
            while (Next())
            {
            }
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Goes to the next row; false after the last one. Then <see cref="Reset"/> ends the reading.</summary>
    public bool Next()
    {
        var code = raw.sqlite3_step(Handle);
        database.Check(code, sql);
        return code == raw.SQLITE_ROW;
    }

    public long Int64(int column) => raw.sqlite3_column_int64(Handle, column);

    public string? Text(int column) => raw.sqlite3_column_type(Handle, column) == raw.SQLITE_NULL
        ? null
        : raw.sqlite3_column_text(Handle, column).utf8_to_string();

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(Handle, column).ToArray();

    /// <summary>Makes it ready for the next call. It holds a read transaction until then.</summary>
    public void Reset()
    {
        _bound = 0;
        if (_handle is not null)
            raw.sqlite3_reset(_handle);
    }

    public void Dispose() => _handle?.Dispose();
}
