namespace Ingest.Bench;

/// <summary>The source that is posted to.</summary>
internal static class BenchSource
{
    public const string Name = "bench";

    public const string WriteKey = "bench-write-key";

    /// <summary>Writes a configuration folder with the source.</summary>
    public static string WriteConfiguration(string folder)
    {
        var sources = Directory.CreateDirectory(Path.Combine(folder, "config", "sources"));
        File.WriteAllText(Path.Combine(sources.FullName, Name + ".json"), $$"""{ "writeKeys": ["{{WriteKey}}"], "unknownSchema": "accept" }""");
        return Path.Combine(folder, "config");
    }
}
