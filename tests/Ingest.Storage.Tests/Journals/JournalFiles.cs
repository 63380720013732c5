using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>What tests do to the files of a journal.</summary>
internal static class JournalFiles
{
    /// <summary>Bytes of all files of the folder.</summary>
    public static long Bytes(this TemporaryFolder folder) => new DirectoryInfo(folder.Path).EnumerateFiles().Sum(f => f.Length);

    /// <summary>Copies the files into another folder as they are on disk now: what a killed process leaves. The lock, which holds nothing, stays.</summary>
    public static void CopyTo(this TemporaryFolder folder, TemporaryFolder other)
    {
        foreach (var file in Directory.EnumerateFiles(folder.Path).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
            File.Copy(file, other.Of(Path.GetFileName(file)), overwrite: true);
    }
}
