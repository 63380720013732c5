namespace Ingest.Collector.Tests;

/// <summary>A configuration folder of a test's own.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    /// <summary>The one that comes with the product.</summary>
    public static string OfTheRepository
    {
        get
        {
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(System.IO.Path.Combine(directory.FullName, "Orleans.Ingest.sln")))
                directory = directory.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
            return System.IO.Path.Combine(directory.FullName, "config");
        }
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("ingest-config-").FullName;

    public void Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public void Delete(string name) => File.Delete(System.IO.Path.Combine(Path, name));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
