using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ingest.Storage;

/// <summary>
/// <c>DATA/node.json</c>: how the commands beside the server find it and its lake. Readable by its owner only, since it
/// holds the key of the admin pages. It stays when the server stops, so that the audit knows the lake.
/// </summary>
/// <param name="Url">Where to post.</param>
/// <param name="Pid">The server's process id.</param>
/// <param name="StartedAt">When it was ready.</param>
/// <param name="Lake">The lake: a folder's full path, or <c>s3://BUCKET/PREFIX</c>.</param>
/// <param name="LakeOptions">The lake's options as given, by <see cref="LakeOption.Name"/>.</param>
/// <param name="AdminKey">Bearer key for <c>/admin/…</c>; new at every start.</param>
public sealed record NodeFile(
    string Url, int Pid, DateTimeOffset StartedAt, string Lake, IReadOnlyDictionary<string, string> LakeOptions, string AdminKey)
{
    private const string Name = "node.json";

    /// <summary>Reads the file; null where no server ever was ready on this folder.</summary>
    /// <exception cref="JsonException">The file is not what a server wrote.</exception>
    public static NodeFile? Read(string dataFolder)
    {
        var path = Path.Combine(dataFolder, Name);
        return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), NodeJson.Default.NodeFile) : null;
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
            JsonSerializer.Serialize(stream, this, NodeJson.Default.NodeFile);
        File.Move(temporary, path, overwrite: true);
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NodeFile))]
internal sealed partial class NodeJson : JsonSerializerContext;
