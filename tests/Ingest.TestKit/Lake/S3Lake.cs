using Amazon.S3.Model;

namespace Ingest.TestKit;

/// <summary>A lake on a real S3 server, with a proxy of faults before it.</summary>
public sealed class S3Lake : IAsyncDisposable
{
    private const string Prefix = "events";

    private S3Lake(S3Server server, FaultProxy proxy)
    {
        Server = server;
        Proxy = proxy;
    }

    public S3Server Server { get; }

    public FaultProxy Proxy { get; }

    private string Bucket { get; } = $"lake-{Guid.NewGuid():N}";

    /// <summary>Starts the server, without a bucket; skips the test where there is none on this machine.</summary>
    public static async Task<S3Lake> StartAsync()
    {
        Assert.SkipWhen(S3Server.Absence() is not null, S3Server.Absence() ?? "");
        var server = await S3Server.StartAsync();
        return new S3Lake(server, await FaultProxy.StartAsync(server.Endpoint));
    }

    public async Task CreateBucketAsync()
    {
        using var client = Server.NewClient();
        await client.PutBucketAsync(Bucket);
    }

    /// <summary>Value of <c>--lake</c>.</summary>
    public string Location => $"s3://{Bucket}/{Prefix}";

    /// <summary>Further options of the server, by which it goes through the proxy.</summary>
    public IReadOnlyList<string> Options => ["--s3-endpoint", Proxy.Address.ToString(), "--s3-checksums", "when-required"];

    /// <summary>Copies all objects into a folder, past the proxy, under their keys without the prefix.</summary>
    public async Task DownloadAsync(string folder)
    {
        using var client = Server.NewClient();
        var listing = client.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = Bucket, Prefix = $"{Prefix}/" });
        await foreach (var stored in listing.S3Objects)
        {
            var path = Path.Combine(folder, Path.GetRelativePath(Prefix, stored.Key));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var answer = await client.GetObjectAsync(Bucket, stored.Key);
            await using var file = File.Create(path);
            await answer.ResponseStream.CopyToAsync(file);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await Server.DisposeAsync();
    }
}
