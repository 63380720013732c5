using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests.Lakes.S3;

/// <summary>A lake in the real S3 server, with a fault proxy between.</summary>
internal sealed class S3ProxiedLake : IAsyncDisposable
{
    private S3ProxiedLake(FaultProxy proxy, S3Server server, S3LakeOptions options)
    {
        Proxy = proxy;
        Server = server;
        Options = options;
        Lake = new S3Lake(options, server.Credentials);
    }

    public FaultProxy Proxy { get; }

    public S3Server Server { get; }

    /// <summary>As the lake was opened; the endpoint is the proxy.</summary>
    public S3LakeOptions Options { get; }

    public S3Lake Lake { get; }

    public static async Task<S3ProxiedLake> OpenAsync(
        S3ServerFixture fixture, Func<S3LakeOptions, S3LakeOptions>? choose = null)
    {
        var server = await fixture.ServerAsync();
        var proxy = await FaultProxy.StartAsync(server.Endpoint);
        var options = await fixture.NewOptionsAsync() with { Endpoint = proxy.Address };
        return new S3ProxiedLake(proxy, server, choose is null ? options : choose(options));
    }

    public async Task<PutResult> PutAsync(LakeObject put) =>
        await Lake.PutAsync(put, TestContext.Current.CancellationToken);

    public async Task<byte[]> ReadAsync(string key)
    {
        await using var stream = await Lake.OpenReadAsync(key, TestContext.Current.CancellationToken);
        Assert.NotNull(stream);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        Lake.Dispose();
        await Proxy.DisposeAsync();
    }
}
