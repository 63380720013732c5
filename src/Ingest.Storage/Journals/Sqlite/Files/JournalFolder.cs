namespace Ingest.Storage;

/// <summary>
/// The files of a journal. SQLite keeps journal.db-wal (the log of commits not yet copied) and journal.db-shm (shared memory,
/// rebuilt at will) beside its database.
/// </summary>
internal sealed class JournalFolder(string path)
{
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The SQLite database.</summary>
    public string Database => System.IO.Path.Combine(Path, "journal.db");

    /// <summary>Its write-ahead log.</summary>
    public string Wal => Database + "-wal";

    /// <summary>The marker: says that a journal was made here, and which.</summary>
    public string Marker => System.IO.Path.Combine(Path, "journal.id");

    /// <summary>How many commits were answered.</summary>
    public string Mark => System.IO.Path.Combine(Path, "journal.mark");

    /// <summary>Held by the owner.</summary>
    public string Lock => System.IO.Path.Combine(Path, "journal.lock");

    /// <summary>Length of a file; null where it does not exist. Does not open it: closing a file drops SQLite's locks on it in this process.</summary>
    public static long? LengthOf(string file)
    {
        var info = new FileInfo(file);
        return info.Exists ? info.Length : null;
    }
}
