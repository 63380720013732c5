using Ingest.Storage.Tests.Lakes.S3;
using Ingest.TestKit;

[assembly: AssemblyFixture(typeof(S3ServerFixture))]

namespace Ingest.Storage.Tests.Lakes.S3;

/// <summary>The S3 server of the assembly, and one bucket for all its tests.</summary>
public sealed class S3ServerFixture : IAsyncDisposable
{
    private readonly S3Fixture _s3 = new();
    private readonly Lock _gate = new();
    private Task<string>? _bucket;

    /// <summary>The server. Skips the test where it cannot run here.</summary>
    public Task<S3Server> ServerAsync() => _s3.ServerAsync();

    /// <summary>Options for the bucket, under a prefix of their own.</summary>
    public async Task<S3LakeOptions> NewOptionsAsync()
    {
        var server = await ServerAsync();
        Task<string> bucket;
        lock (_gate)
            bucket = _bucket ??= server.NewBucketAsync();
        return new S3LakeOptions
        {
            Bucket = await bucket,
            Prefix = $"test/{Guid.NewGuid():N}",
            Endpoint = server.Endpoint,
            PathStyle = true,
        };
    }

    public ValueTask DisposeAsync() => _s3.DisposeAsync();
}
