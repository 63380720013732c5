using Ingest.Engine;

namespace Ingest.Storage.Tests.Lakes;

public sealed class MemoryLakeTests : LakeConformance
{
    protected override ValueTask<ILake> OpenAsync() => ValueTask.FromResult<ILake>(new MemoryLake());
}
