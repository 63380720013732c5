using SQLitePCL;

namespace Ingest.Tracker;

/// <summary>A result code of SQLite that is no success.</summary>
/// <param name="code">The extended result code; 0 where SQLite was not asked.</param>
/// <param name="message">What SQLite says, with the file.</param>
internal sealed class SqliteFault(int code, string message) : Exception(message)
{
    /// <summary>Somebody else holds what was asked for.</summary>
    public bool IsBusy => (code & 0xff) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;
}
