namespace Ingest.Storage;

/// <summary>Small files that survive a power cut whole or not at all.</summary>
internal static class DurableFile
{
    /// <summary>Writes a file beside, syncs it, renames it over, and syncs the folder.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var beside = path + ".new";
        using (var handle = File.OpenHandle(beside, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(handle, content, 0);
            RandomAccess.FlushToDisk(handle);
        }

        File.Move(beside, path, overwrite: true);
        // NTFS logs names by itself; there is nothing to call.
        if (!OperatingSystem.IsWindows())
            Posix.SyncDirectory(Path.GetDirectoryName(path)!);
    }
}
