namespace Ingest.EndToEnd;

/// <summary>The lake in a folder, whose disk can be gone.</summary>
internal sealed class FolderMatrixLake : MatrixLake
{
    public override IReadOnlyList<string> Options => [];

    public override IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public override string LocationFor(Installation installation) => installation.LakeFolder;

    public override IReadOnlyList<MatrixFault> FaultsOf(Installation installation)
    {
        var (folder, away) = (installation.LakeFolder, installation.LakeFolder + " is away");
        return [MatrixFault.None, new MatrixFault("lake-gone", TakeAwayAsync, FailedAsync, BringBackAsync)];

        Task TakeAwayAsync()
        {
            Directory.Move(folder, away);
            return Task.CompletedTask;
        }

        async Task<int> FailedAsync()
        {
            await installation.WaitForStatusAsync(status => status.HasFailedToShip);
            return 1;
        }

        Task BringBackAsync()
        {
            // A put that was under way may have made folders anew, but no object.
            if (Directory.Exists(folder))
            {
                Assert.Empty(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories));
                Directory.Delete(folder, recursive: true);
            }

            Directory.Move(away, folder);
            return Task.CompletedTask;
        }
    }

    /// <summary>It is read where it is.</summary>
    public override Task CopyToAsync(string folder) => Task.CompletedTask;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
