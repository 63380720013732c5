using Ingest.Storage.Tests.Lakes.S3;
using Ingest.TestKit;

[assembly: AssemblyFixture(typeof(S3ServerFixture))]

namespace Ingest.Storage.Tests.Lakes.S3;

/// <summary>One S3 server and one bucket for all tests of the assembly, started when the first of them asks.</summary>
public sealed class S3ServerFixture : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Task<(S3Server Server, string Bucket)>? _started;

    /// <summary>The server. Skips the test where it cannot run here.</summary>
    public async Task<S3Server> ServerAsync() => (await StartOnceAsync()).Server;

    /// <summary>Options for the bucket, under a prefix of their own.</summary>
    public async Task<S3LakeOptions> NewOptionsAsync()
    {
        var (server, bucket) = await StartOnceAsync();
        return new S3LakeOptions
        {
            Bucket = bucket,
            Prefix = $"test/{Guid.NewGuid():N}",
            Endpoint = server.Endpoint,
            PathStyle = true,
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_started is { IsCompletedSuccessfully: true })
            await (await _started).Server.DisposeAsync();
    }

    private Task<(S3Server Server, string Bucket)> StartOnceAsync()
    {
        if (S3Server.Absence() is { } absence)
            Assert.Skip(absence);
        lock (_gate)
            return _started ??= StartAsync();
    }

    private static async Task<(S3Server Server, string Bucket)> StartAsync()
    {
        var server = await S3Server.StartAsync();
        return (server, await server.NewBucketAsync());
    }
}
