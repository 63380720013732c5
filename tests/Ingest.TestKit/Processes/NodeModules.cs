namespace Ingest.TestKit;

/// <summary>The official tracker and DuckDB, which <c>./ingest test</c> installs.</summary>
public static class NodeModules
{
    /// <summary>Skips the test where they, or Node.js itself, are not there.</summary>
    public static void Require()
    {
        var folders = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
        Assert.SkipUnless(folders.Any(folder => File.Exists(Path.Combine(folder, "node"))), "Node.js is not installed.");
        var installed = Path.Combine(Repository.Js, "node_modules", ".package-lock.json");
        Assert.SkipUnless(File.Exists(installed), "The node modules are not installed (npm ci in tests/Ingest.EndToEnd/js).");
    }
}
