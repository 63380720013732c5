namespace Ingest.EndToEnd;

/// <summary>Where events end up.</summary>
public enum LakeKind
{
    S3,
    Folder,
}

/// <summary>A lake, and every way in which it fails.</summary>
internal abstract class MatrixLake : IAsyncDisposable
{
    /// <summary>Further options of <c>./ingest run</c>.</summary>
    public abstract IReadOnlyList<string> Options { get; }

    /// <summary>Variables for the server and every command.</summary>
    public abstract IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Makes it; skips the test where it cannot be had on this machine.</summary>
    public static async Task<MatrixLake> OpenAsync(LakeKind kind, S3Fixture s3) =>
        kind == LakeKind.S3 ? new S3MatrixLake(await S3Lake.OpenAsync(s3)) : new FolderMatrixLake();

    /// <summary>Value of <c>--lake</c>.</summary>
    public abstract string LocationFor(Installation installation);

    /// <summary>Its faults, in the order in which they are to come.</summary>
    public abstract IReadOnlyList<MatrixFault> FaultsOf(Installation installation);

    /// <summary>Copies it to where the witnesses read it.</summary>
    public abstract Task CopyToAsync(string folder);

    public abstract ValueTask DisposeAsync();
}
