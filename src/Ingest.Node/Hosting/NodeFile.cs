using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ingest.Node;

/// <summary>
/// <c>DATA/node.json</c>: how the commands beside the server find it. Readable by its owner only, since it holds the key
/// of the admin pages.
/// </summary>
/// <param name="Url">Where to post.</param>
/// <param name="Pid">The server's process id.</param>
/// <param name="StartedAt">When it was ready.</param>
/// <param name="Lake">The lake as given: a folder's full path, or <c>s3://…</c>.</param>
/// <param name="S3Endpoint">The S3 endpoint as given; null for AWS, or a folder.</param>
/// <param name="S3Checksums">The checksum setting as given; null for the default.</param>
/// <param name="AdminKey">Bearer key for <c>/admin/…</c>; new at every start.</param>
public sealed record NodeFile(
    string Url, int Pid, DateTimeOffset StartedAt, string Lake, string? S3Endpoint, string? S3Checksums, string AdminKey)
{
    public const string Name = "node.json";

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

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(NodeFile))]
internal sealed partial class NodeJson : JsonSerializerContext;
