using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests.Lakes.Folder;

public sealed class FolderLakeTests : LakeConformance
{
    private readonly TemporaryFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    protected override async ValueTask<ILake> OpenAsync()
    {
        var lake = new FolderLake(_folder.Of("a", "new", "lake"));
        await lake.EnsureAsync(TestContext.Current.CancellationToken);
        return lake;
    }
}
