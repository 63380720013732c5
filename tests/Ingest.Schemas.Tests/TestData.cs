namespace Ingest.Schemas.Tests;

/// <summary>Third-party data that tests read: the official suite and public schemas. Not part of the repository.</summary>
internal static class TestData
{
    public const string Missing = "There is no test data: set INGEST_TEST_DATA to its folder.";

    private static readonly string? s_root = FindRoot();

    /// <summary>A folder of the data, or null where there is none.</summary>
    public static string? Folder(string name) =>
        s_root is not null && Directory.Exists(Path.Combine(s_root, name)) ? Path.Combine(s_root, name) : null;

    private static string? FindRoot()
    {
        if (Environment.GetEnvironmentVariable("INGEST_TEST_DATA") is { Length: > 0 } named)
            return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(candidate))
                return candidate;
        }

        return null;
    }
}
