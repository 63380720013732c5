using Ingest.Storage;

namespace Ingest.Hosting;

/// <summary>What <c>ingest run</c> was told. Every field is an option of the command line.</summary>
public sealed record RunSettings
{
    /// <summary><c>auto</c>, or the name of a runtime.</summary>
    public string Runtime { get; init; } = "auto";

    /// <summary>Address to listen on.</summary>
    public required string Host { get; init; }

    /// <summary>TCP port to listen on; 0 lets the system choose.</summary>
    public required int Port { get; init; }

    /// <summary>Folder of the journal and of node.json.</summary>
    public required string Data { get; init; }

    /// <summary>Connection string of the PostgreSQL that holds the journal; null for one in <see cref="Data"/>.</summary>
    public string? Postgres { get; init; }

    /// <summary>The lake: a folder, or <c>s3://BUCKET/PREFIX</c>.</summary>
    public required string Lake { get; init; }

    /// <summary>What was given of <see cref="LakeOption.All"/>, by name.</summary>
    public required IReadOnlyDictionary<string, string> LakeOptions { get; init; }

    /// <summary>Folder of ingest.json, sources and schemas.</summary>
    public required string Config { get; init; }

    /// <summary>Name of the region; null where the configuration says it, or there is but one.</summary>
    public string? Region { get; init; }

    /// <summary><c>primary</c> or <c>receiver</c>; null where the configuration says it.</summary>
    public string? Role { get; init; }

    /// <summary>URL of the primary, for a receiver.</summary>
    public string? Primary { get; init; }

    /// <summary>File of the key that receivers and primary share.</summary>
    public string? RelayKey { get; init; }

    public required TimeSpan SealAge { get; init; }

    public required long SealBytes { get; init; }

    /// <summary>Blocks after which an object is closed.</summary>
    public required int SealBlocks { get; init; }

    /// <summary>Objects put at once.</summary>
    public required int ShipConcurrency { get; init; }

    /// <summary>How long a stopping process goes on shipping.</summary>
    public required TimeSpan Drain { get; init; }
}
