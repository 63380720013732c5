using Amazon.S3;
using Amazon.S3.Model;
using Ingest.Engine;
using Ingest.Storage;
using Ingest.TestKit;

namespace Ingest.Cli.Tests;

/// <summary>A lake, and the hands of whoever damages what is in it.</summary>
internal abstract class StoredObjects : IDisposable
{
    public abstract ILake Lake { get; }

    public abstract Task WriteAsync(string key, byte[] bytes);

    public abstract Task DeleteAsync(string key);

    public async Task<bool> ExistsAsync(string key) => await Lake.FindAsync(key, default) is not null;

    public async Task<byte[]> ReadAsync(string key)
    {
        await using var stored = await Lake.OpenReadAsync(key, default);
        Assert.NotNull(stored);
        using var bytes = new MemoryStream();
        await stored.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    public abstract void Dispose();

    internal sealed class InFolder : StoredObjects
    {
        private readonly TemporaryFolder _folder = new();
        private readonly FolderLake _lake;

        public InFolder()
        {
            _lake = new FolderLake(_folder.Path);
            _lake.EnsureAsync(default).GetAwaiter().GetResult();
        }

        public override ILake Lake => _lake;

        public override async Task WriteAsync(string key, byte[] bytes)
        {
            var path = _folder.Of(key);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, bytes);
        }

        public override Task DeleteAsync(string key)
        {
            File.Delete(_folder.Of(key));
            return Task.CompletedTask;
        }

        public override void Dispose() => _folder.Dispose();
    }

    /// <summary>A bucket of a real S3 server.</summary>
    internal sealed class InS3(S3Server server, string bucket) : StoredObjects
    {
        private readonly AmazonS3Client _client = server.NewClient();
        private readonly Storage.S3Lake _lake = new(
            new S3LakeOptions { Bucket = bucket, Endpoint = server.Endpoint, PathStyle = true }, server.Credentials);

        public override ILake Lake => _lake;

        public override async Task WriteAsync(string key, byte[] bytes) => await _client.PutObjectAsync(
            new PutObjectRequest { BucketName = bucket, Key = key, InputStream = new MemoryStream(bytes) });

        public override async Task DeleteAsync(string key) => await _client.DeleteObjectAsync(bucket, key);

        public override void Dispose()
        {
            _lake.Dispose();
            _client.Dispose();
        }
    }
}
