using Ingest.Storage;

namespace Ingest.Cli;

/// <summary>A data folder, and what its servers wrote down of themselves.</summary>
/// <param name="Path">The folder, of one server or of a cluster.</param>
/// <param name="Cluster">What <c>ingest cluster</c> wrote; null where none ever ran here.</param>
/// <param name="Nodes">What each server that was ever ready here wrote.</param>
internal sealed record DataFolder(string Path, ClusterFile? Cluster, IReadOnlyList<NodeFile> Nodes)
{
    /// <summary>Where <c>ingest cluster</c> keeps its data unless told otherwise, in the data folder of a single server.</summary>
    public const string ClusterName = "cluster";

    private const string SiloPrefix = "silo-";

    /// <summary>The lake of the last start, with its options; null where nothing was ever ready here.</summary>
    public (string Lake, IReadOnlyDictionary<string, string> Options)? Lake =>
        Cluster is { } cluster ? (cluster.Lake, cluster.LakeOptions)
        : Nodes is [var node, ..] ? (node.Lake, node.LakeOptions)
        : null;

    /// <summary>Folder of one silo of a cluster.</summary>
    public static string OfSilo(string clusterFolder, string siloName) => System.IO.Path.Combine(clusterFolder, siloName);

    /// <summary>Reads a folder that a person named, and that of a cluster in it.</summary>
    /// <returns>Those that exist, the named one first.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It is somebody else's.</exception>
    /// <exception cref="System.Text.Json.JsonException">A file is not what a server wrote.</exception>
    public static IReadOnlyList<DataFolder> Read(string named) =>
        [.. new[] { named, System.IO.Path.Combine(named, ClusterName) }.Where(Directory.Exists).Select(ReadOne)];

    private static DataFolder ReadOne(string folder)
    {
        var folders = Directory.EnumerateDirectories(folder, SiloPrefix + "*").Order(StringComparer.Ordinal).Prepend(folder);
        return new DataFolder(folder, ClusterFile.Read(folder), [.. folders.Select(NodeFile.Read).OfType<NodeFile>()]);
    }
}
