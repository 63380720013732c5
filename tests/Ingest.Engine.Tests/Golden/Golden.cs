namespace Ingest.Engine.Tests;

/// <summary>
/// Compares text with a file of <c>tests/Ingest.Engine.Tests/Golden</c> in the source tree that this build stands in,
/// or rewrites that file where <c>INGEST_UPDATE_GOLDEN</c> is 1.
/// </summary>
internal static class Golden
{
    private static readonly string Folder = FindFolder();

    public static void Check(string file, string actual)
    {
        var path = Path.Combine(Folder, file);
        if (Environment.GetEnvironmentVariable("INGEST_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, actual);
        Assert.Equal(File.ReadAllText(path), actual);
    }

    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var golden = Path.Combine(folder.FullName, "tests", "Ingest.Engine.Tests", "Golden");
            if (Directory.Exists(golden))
                return golden;
        }

        throw new DirectoryNotFoundException($"no tests/Ingest.Engine.Tests/Golden above {AppContext.BaseDirectory}");
    }
}
