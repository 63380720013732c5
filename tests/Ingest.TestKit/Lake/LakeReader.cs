using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

namespace Ingest.TestKit;

/// <summary>
/// Reads a lake in a folder with nothing of the product's own code, and holds every line to its place: what stands under
/// source=S/dt=D/hr=H was received from S in that hour.
/// </summary>
public static class LakeReader
{
    public static IReadOnlyList<LakeLine> Read(string folder) => [.. Read(folder, "good"), .. Read(folder, "quarantine")];

    private static IEnumerable<LakeLine> Read(string folder, string stream)
    {
        var top = Path.Combine(folder, stream);
        if (!Directory.Exists(top))
            yield break;
        foreach (var path in Directory.EnumerateFiles(top, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var key = Path.GetRelativePath(folder, path);
            Assert.EndsWith(".json.gz", key, StringComparison.Ordinal);
            foreach (var line in ReadObject(path, key, stream))
            {
                if (line.IsReplayed || line.IsRelayed)
                {
                    // It stands in the hour in which it came again.
                    Assert.StartsWith($"{stream}/source={line.Source}/", key, StringComparison.Ordinal);
                    yield return line;
                    continue;
                }

                var hour = line.ReceivedAt.UtcDateTime.ToString("'dt='yyyy-MM-dd'/hr='HH", CultureInfo.InvariantCulture);
                Assert.StartsWith($"{stream}/source={line.Source}/{hour}/", key, StringComparison.Ordinal);
                yield return line;
            }
        }
    }

    private static IEnumerable<LakeLine> ReadObject(string path, string key, string stream)
    {
        using var file = File.OpenRead(path);
        using var lines = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        while (lines.ReadLine() is { } line)
            yield return new LakeLine(key, stream, JsonElement.Parse(line));
    }
}
