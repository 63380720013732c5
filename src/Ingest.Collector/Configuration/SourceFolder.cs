using System.Security.Cryptography;
using System.Text;
using Ingest.Schemas;

namespace Ingest.Collector;

/// <summary>Reads all of <c>config/sources</c>, and holds what must fit between the files.</summary>
internal static class SourceFolder
{
    /// <summary>The folder's name within the configuration.</summary>
    public const string Name = "sources";

    /// <summary>Most sources. Each takes some memory in every node, and a line in every status.</summary>
    private const int SourcesMax = 10_000;

    /// <summary>Reads the sources; null where there are mistakes.</summary>
    public static SourceSet? Read(string configuration, CollectorSettings settings, List<ConfigurationError> errors)
    {
        var before = errors.Count;
        // A new folder each time: what it remembers of schemas may be out of date.
        var schemas = new SchemaFolder(configuration);
        var sources = new List<(string File, Source Source)>();
        foreach (var path in Files(configuration, errors))
        {
            var file = $"{Name}/{Path.GetFileName(path)}";
            using var document = ConfigurationFile.Read(path, file, errors);
            if (document is null)
                continue;
            var root = new ConfigurationSection(document.RootElement, file, "", errors);
            sources.Add((file, SourceFile.Read(root, Path.GetFileNameWithoutExtension(path), schemas, settings)));
        }
        Distinct(sources, errors, "name", source => [source.Name]);
        Distinct(sources, errors, "snowplow.paths", source => source.Snowplow?.Paths ?? []);
        Distinct(sources, errors, "snowplow.appIds", source => source.Snowplow?.AppIds ?? []);
        Distinct(sources, errors, "snowplow.default", source => source.Snowplow is { IsDefault: true } ? ["true"] : []);
        return errors.Count == before
            ? new SourceSet([.. sources.Select(s => s.Source)], new SourceValidator(schemas, UnknownSchema.Accept))
            : null;
    }

    /// <summary>
    /// Names, sizes and times of all files that sources are made of, as one hash: another one means that something
    /// changed. Null where the files cannot be looked at now.
    /// </summary>
    public static string? State(string configuration)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            foreach (var folder in (string[])[Name, "schemas"])
            {
                var directory = new DirectoryInfo(Path.Combine(configuration, folder));
                if (!directory.Exists)
                    continue;
                var files = directory.EnumerateFiles("*", SearchOption.AllDirectories);
                foreach (var file in files.OrderBy(f => f.FullName, StringComparer.Ordinal))
                    hash.AppendData(Encoding.UTF8.GetBytes($"{file.FullName}\n{file.Length}\n{file.LastWriteTimeUtc.Ticks}\n"));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static string[] Files(string configuration, List<ConfigurationError> errors)
    {
        var folder = Path.Combine(configuration, Name);
        string[] files = [];
        try
        {
            files = Directory.GetFiles(folder, "*.json");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new(Name, "", $"cannot be read: {e.Message.TrimEnd('.')}", "Make the folder, with one file for each source"));
            return [];
        }
        if (files.Length == 0)
            errors.Add(new(Name, "", "has no source", "Add a file such as demo.json with {\"writeKeys\":[\"a-key-of-yours\"]}"));
        else if (files.Length > SourcesMax)
            errors.Add(new(Name, "", $"has more than {SourcesMax} sources", "Serve some of them elsewhere"));
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    /// <summary>What one source claims no other may claim too.</summary>
    private static void Distinct(
        List<(string File, Source Source)> sources,
        List<ConfigurationError> errors,
        string key,
        Func<Source, IReadOnlyList<string>> claims)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (file, source) in sources)
        {
            foreach (var claim in claims(source).Distinct(StringComparer.Ordinal))
            {
                if (!owners.TryAdd(claim, file))
                    errors.Add(new(file, key, $"is {claim}, as in {owners[claim]}", "Let only one of them have it"));
            }
        }
    }
}
