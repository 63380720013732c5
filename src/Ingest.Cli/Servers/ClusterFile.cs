using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ingest.Cli;

/// <summary>
/// <c>DATA/cluster.json</c>: what <c>ingest cluster</c> wrote down for its next start and for the commands beside it.
/// Readable by its owner only, since it holds the admin key and the database's password.
/// </summary>
/// <param name="Postgres">Connection string of the journal.</param>
/// <param name="Lake">The lake: a folder's full path, or <c>s3://BUCKET/PREFIX</c>.</param>
/// <param name="LakeOptions">The lake's options as given, by name.</param>
/// <param name="AdminKey">Key of the admin pages of every silo.</param>
internal sealed record ClusterFile(
    string Postgres, string Lake, IReadOnlyDictionary<string, string> LakeOptions, string AdminKey)
{
    private const string Name = "cluster.json";

    /// <summary>Reads the file; null where no cluster ever ran on this folder.</summary>
    /// <exception cref="JsonException">The file is not what the command wrote.</exception>
    public static ClusterFile? Read(string dataFolder)
    {
        var path = Path.Combine(dataFolder, Name);
        return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), ClusterJson.Default.ClusterFile) : null;
    }

    /// <summary>Writes the file whole or not at all.</summary>
    public void Write(string dataFolder)
    {
        var path = Path.Combine(dataFolder, Name);
        var temporary = path + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(temporary, options))
            JsonSerializer.Serialize(stream, this, ClusterJson.Default.ClusterFile);
        File.Move(temporary, path, overwrite: true);
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ClusterFile))]
internal sealed partial class ClusterJson : JsonSerializerContext;
