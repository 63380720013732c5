using Amazon.S3.Model;

namespace Ingest.TestKit;

/// <summary>A lake on a real S3 server, with a proxy of faults before it.</summary>
public sealed class S3Lake : IAsyncDisposable
{
    private readonly string _bucket;
    private readonly string _prefix;
    private readonly bool _isOwner;

    private S3Lake(S3Server server, bool isOwner, FaultProxy proxy, string bucket, string prefix)
    {
        (Server, _isOwner, Proxy) = (server, isOwner, proxy);
        (_bucket, _prefix) = (bucket, prefix);
    }

    public S3Server Server { get; }

    public FaultProxy Proxy { get; }

    /// <summary>Value of <c>--lake</c>.</summary>
    public string Location => $"s3://{_bucket}/{_prefix}";

    /// <summary>Further options of the server, by which it goes through the proxy.</summary>
    public IReadOnlyList<string> Options => ["--s3-endpoint", Proxy.Address.ToString(), "--s3-checksums", "when-required"];

    /// <summary>A lake on the server that the tests share, without a bucket; skips the test where there is none on this machine.</summary>
    public static async Task<S3Lake> OpenAsync(S3Fixture shared) => await OpenAsync(await shared.ServerAsync(), isOwner: false);

    /// <summary>Starts a server of its own, without a bucket; skips the test where there is none on this machine.</summary>
    /// <param name="bucket">Name of the bucket; one that no other test has when null.</param>
    /// <param name="prefix">What its keys begin with.</param>
    public static async Task<S3Lake> StartAsync(string? bucket = null, string prefix = "events")
    {
        Assert.SkipWhen(S3Server.Absence() is not null, S3Server.Absence() ?? "");
        return await OpenAsync(await S3Server.StartAsync(), isOwner: true, bucket, prefix);
    }

    public async Task CreateBucketAsync()
    {
        using var client = Server.NewClient();
        await client.PutBucketAsync(_bucket);
    }

    /// <summary>Copies all objects into a folder, past the proxy, under their keys without the prefix.</summary>
    public async Task DownloadAsync(string folder)
    {
        using var deadline = new CancellationTokenSource(Deadline.Delivery);
        using var client = Server.NewClient();
        var listing = client.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = _bucket, Prefix = $"{_prefix}/" });
        await foreach (var stored in listing.S3Objects.WithCancellation(deadline.Token))
        {
            var path = Path.Combine(folder, Path.GetRelativePath(_prefix, stored.Key));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var answer = await client.GetObjectAsync(_bucket, stored.Key, deadline.Token);
            await using var file = File.Create(path);
            await answer.ResponseStream.CopyToAsync(file, deadline.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        if (_isOwner)
            await Server.DisposeAsync();
        else
            // A test that failed may have left it stopped.
            await Server.StartGatewayAsync();
    }

    private static async Task<S3Lake> OpenAsync(S3Server server, bool isOwner, string? bucket = null, string prefix = "events") =>
        new(server, isOwner, await FaultProxy.StartAsync(server.Endpoint), bucket ?? $"lake-{Guid.NewGuid():N}", prefix);
}
