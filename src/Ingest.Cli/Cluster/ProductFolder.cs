namespace Ingest.Cli;

/// <summary>What <c>ingest cluster</c> starts of this product, found from where the command itself is.</summary>
internal static class ProductFolder
{
    private const string Launcher = "ingest";

    private static readonly string? Root = Find();

    /// <summary>The silo, built; null where it is not.</summary>
    public static string? Silo => Existing("src", "Ingest.Silo", "bin", "Release", "net10.0", "Ingest.Silo.dll");

    /// <summary>The script that runs a private PostgreSQL; null where this is not a folder of sources.</summary>
    public static string? PostgresTool => Existing("tools", "postgres");

    private static string? Existing(params ReadOnlySpan<string> parts)
    {
        if (Root is null)
            return null;
        var path = Path.Combine([Root, .. parts]);
        return File.Exists(path) ? path : null;
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Launcher)) && Directory.Exists(Path.Combine(folder.FullName, "src")))
                return folder.FullName;
        }

        return null;
    }
}
