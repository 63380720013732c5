using System.Globalization;

namespace Ingest.Bench;

/// <summary>The sources that are posted to, and the product's configuration for them.</summary>
internal static class BenchSource
{
    public const string WriteKey = "bench-write-key";

    /// <summary>Digits of a source's number, where there are several.</summary>
    public const int Digits = 5;

    public const string NumberFormat = "D5";

    /// <param name="number">Number of the source.</param>
    /// <param name="sources">How many there are, 100,000 at most.</param>
    public static string NameOf(int number, int sources) =>
        sources == 1 ? "bench" : "bench-" + number.ToString(NumberFormat, CultureInfo.InvariantCulture);

    /// <summary>Writes a configuration folder for a workload.</summary>
    /// <returns>Its path.</returns>
    public static string WriteConfiguration(string folder, Workload workload)
    {
        var config = Path.Combine(folder, "config");
        var sources = Directory.CreateDirectory(Path.Combine(config, "sources")).FullName;
        for (var number = 0; number < workload.Sources; number++)
            File.WriteAllText(Path.Combine(sources, NameOf(number, workload.Sources) + ".json"), workload.SourceFile);
        foreach (var (path, schema) in workload.Schemas)
        {
            var file = Path.Combine(config, "schemas", path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, schema);
        }

        return config;
    }
}
