using System.Text;
using Ingest.Engine;
using SQLitePCL;

namespace Ingest.Storage;

/// <summary>One statement of one connection, reused for every call. Parameters are numbered from 1, columns from 0.</summary>
internal sealed class Statement(Database database, string sql) : IDisposable
{
    private sqlite3_stmt? _handle;

    private sqlite3_stmt Handle => _handle ??= database.Compile(sql);

    public Statement Bind(int parameter, long value)
    {
        database.Check(raw.sqlite3_bind_int64(Handle, parameter, value), sql);
        return this;
    }

    public Statement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        database.Check(raw.sqlite3_bind_blob(Handle, parameter, value), sql);
        return this;
    }

    public Statement Bind(int parameter, string value)
    {
        database.Check(raw.sqlite3_bind_text(Handle, parameter, value), sql);
        return this;
    }

    /// <summary>Binds the numbers from parameter 1 on and runs the statement.</summary>
    public void Run(params ReadOnlySpan<long> values)
    {
        using var rows = Query(values);
        rows.Next();
    }

    /// <summary>
    /// Binds the numbers from parameter 1 on and reads. The rows hold a read transaction until they are disposed.
    /// </summary>
    public Rows Query(params ReadOnlySpan<long> values)
    {
        for (var i = 0; i < values.Length; i++)
            Bind(i + 1, values[i]);
        return new Rows(this);
    }

    /// <summary>Reads all rows. Damage that a visit meets is reported, and those behind it are visited all the same.</summary>
    /// <returns>How many there were.</returns>
    public long Scan(RowVisit visit, Action<JournalCorruptException> damaged)
    {
        long count = 0;
        using var rows = Query();
        for (; rows.Next(); count++)
        {
            try
            {
                visit(rows);
            }
            catch (JournalCorruptException fault)
            {
                damaged(fault);
            }
        }

        return count;
    }

    public void Dispose() => _handle?.Dispose();

    /// <param name="rows">At the row.</param>
    internal delegate void RowVisit(in Rows rows);

    /// <summary>The rows of one execution.</summary>
    internal readonly ref struct Rows(Statement statement)
    {
        /// <summary>Goes to the next row; false after the last one.</summary>
        public bool Next()
        {
            var code = raw.sqlite3_step(statement.Handle);
            statement.Check(code);
            return code == raw.SQLITE_ROW;
        }

        public long Int64(int column) => raw.sqlite3_column_int64(statement.Handle, column);

        public int Int32(int column) => unchecked((int)Int64(column));

        /// <summary>Valid until the next row is asked for.</summary>
        public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(statement.Handle, column);

        public string Text(int column) => Encoding.UTF8.GetString(Blob(column));

        public void Dispose() => raw.sqlite3_reset(statement.Handle);
    }

    private void Check(int code) => database.Check(code, sql);
}
