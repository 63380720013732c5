namespace Ingest.EndToEnd;

/// <summary>A temporary folder of one test, removed at its end. Its name has a space, as users' folders have.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ingest test ").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
