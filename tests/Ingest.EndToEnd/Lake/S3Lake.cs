using Amazon.S3.Model;

namespace Ingest.EndToEnd;

/// <summary>A lake on a real S3 server, with a proxy of faults before it.</summary>
internal sealed class S3Lake : IAsyncDisposable
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

    /// <summary>An installation that ships here, through the proxy.</summary>
    public Installation NewInstallation()
    {
        var installation = new Installation { Environment = Server.Environment };
        installation.ShipTo(
            $"s3://{Bucket}/{Prefix}", "--s3-endpoint", Proxy.Address.ToString(), "--s3-checksums", "when-required");
        return installation;
    }

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
