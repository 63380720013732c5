using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Ingest.Collector;

namespace Ingest.Cli;

/// <summary>
/// All rules by which events are judged, as one hash: the files of the configuration folder, and the version of this
/// program. Names that begin with two dots are left out: a Kubernetes mount keeps its files once more below such folders,
/// named by the moment of the mount.
/// </summary>
internal static class RulesFingerprint
{
    /// <summary>The version with its commit, where the build knew it: two builds of one version may judge otherwise.</summary>
    private static string Version { get; } =
        typeof(StoredEventReader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <summary>Reads a configuration folder.</summary>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static string Of(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add($"version {Version}");
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => (Name: Path.GetRelativePath(folder, path).Replace('\\', '/'), Path: path))
            .Where(file => !file.Name.Split('/').Any(segment => segment.StartsWith("..", StringComparison.Ordinal)))
            .OrderBy(file => file.Name, StringComparer.Ordinal);
        foreach (var (name, path) in files)
        {
            var content = File.ReadAllBytes(path);
            Add($"{name} {content.Length}");
            hash.AppendData(content);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
    }
}
