namespace Ingest.Cli;

/// <summary>What <c>ingest cluster</c> was told, found right.</summary>
internal sealed record ClusterSettings
{
    public const int SilosMin = 1;

    /// <summary>More silos on one machine show nothing that these do not.</summary>
    public const int SilosMax = 9;

    /// <summary>Number of silos.</summary>
    public required int Silos { get; init; }

    /// <summary>Port of the first silo, the next ones follow; null for those that are free.</summary>
    public int? Port { get; init; }

    /// <summary>Folder of everything that outlives the cluster. A full path.</summary>
    public required string Data { get; init; }

    /// <summary>Connection string of a PostgreSQL that runs already; null for a private one.</summary>
    public string? Postgres { get; init; }

    /// <summary>The lake: a folder's full path, or <c>s3://BUCKET/PREFIX</c>.</summary>
    public required string Lake { get; init; }

    /// <summary>The lake's options as given, by name.</summary>
    public required IReadOnlyDictionary<string, string> LakeOptions { get; init; }

    /// <summary>Options of <c>ingest run</c> that are handed on as they are: configuration folder, seal age.</summary>
    public required IReadOnlyList<string> HandedOn { get; init; }
}
