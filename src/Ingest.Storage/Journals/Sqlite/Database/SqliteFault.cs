using Ingest.Engine;
using SQLitePCL;

namespace Ingest.Storage;

/// <summary>A result code of SQLite that is no success.</summary>
/// <param name="code">The extended result code.</param>
/// <param name="message">What SQLite says, with the file.</param>
internal sealed class SqliteFault(int code, string message) : Exception(message)
{
    /// <summary>The disk, or the database's own bound on pages, is full. SQLite never reports it after the commit frame was written.</summary>
    public bool IsFull => Primary == raw.SQLITE_FULL;

    /// <summary>The file is not a sound database.</summary>
    public bool IsDamage => Primary is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>Somebody else holds what was asked for.</summary>
    public bool IsBusy => Primary is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    private int Primary => code & 0xff;

    /// <summary>The same as readers of the journal know it.</summary>
    public Exception ToJournalException() => IsDamage
        ? new JournalCorruptException($"{Message}. {Damage.Advice}", this)
        : new JournalUnavailableException(Message, this);
}
