namespace Ingest.Storage;

/// <summary>Folders whose names survive a power cut.</summary>
internal static class DurableFolder
{
    /// <summary>Makes a folder and what is missing above it, and makes their names durable.</summary>
    /// <param name="folder">Its full path.</param>
    public static void Create(string folder)
    {
        var existing = folder;
        while (!Directory.Exists(existing))
            existing = Path.GetDirectoryName(existing) ?? throw new DirectoryNotFoundException($"{folder}: no such path.");
        Directory.CreateDirectory(folder);
        SyncUpTo(existing, folder);
    }

    /// <summary>Makes the names in a folder and in those above it durable, up to <paramref name="top"/> and with it.</summary>
    public static void SyncUpTo(string top, string folder)
    {
        // Every one, not only those made just now: another writer may have made one a moment ago and not come to this step
        // yet. A directory without changes costs next to nothing.
        for (var current = folder; ; current = Path.GetDirectoryName(current)!)
        {
            Posix.SyncDirectory(current);
            if (current.Equals(top, StringComparison.Ordinal))
                return;
        }
    }
}
