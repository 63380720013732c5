namespace Ingest.Collector.Tests;

/// <summary>Third-party data, which is read where it is and never committed.</summary>
internal static class TestData
{
    /// <summary>A file below INGEST_TEST_DATA, or below <c>shared/data</c> of a folder above; null where there is none.</summary>
    public static string? Find(string relative)
    {
        if (Environment.GetEnvironmentVariable("INGEST_TEST_DATA") is { Length: > 0 } root)
            return Existing(Path.Combine(root, relative));
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (Existing(Path.Combine(directory.FullName, "shared", "data", relative)) is { } found)
                return found;
        }
        return null;
    }

    private static string? Existing(string path) => File.Exists(path) ? path : null;
}
