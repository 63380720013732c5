using Amazon.Runtime;
using Amazon.S3.Model;
using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests.Lakes.S3;

/// <summary>What only S3 has: metadata, credentials, buckets, pages, and a server that comes and goes.</summary>
public sealed class S3LakeTests(S3ServerFixture fixture)
{
    private const string Key = "good/a=b/1.json.gz";

    private static readonly byte[] Bytes = TestObject.Bytes(seed: 1, 10_000);
    private static readonly LakeObject Put = TestObject.Of(Key, Bytes);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(100)]
    [InlineData(S3LakeOptions.PartBytesMin + 100)]
    public async Task A_foreign_reader_finds_exactly_our_bytes_and_their_checksum(int length)
    {
        var (lake, server, options) = await OpenAsync(o => o with { PartBytes = S3LakeOptions.PartBytesMin });
        using var _ = lake;
        var put = TestObject.Of(Key, TestObject.Bytes(seed: 3, length));
        await lake.PutAsync(put, Cancellation);

        using var client = server.NewClient();
        using var answer = await client.GetObjectAsync(options.Bucket, $"{options.Prefix}/{Key}", Cancellation);
        using var bytes = new MemoryStream();
        await answer.ResponseStream.CopyToAsync(bytes, Cancellation);

        Assert.Equal(TestObject.Bytes(seed: 3, length), bytes.ToArray());
        Assert.Equal(put.Sha256, answer.Metadata["x-amz-meta-sha256"]);
        Assert.Equal("application/gzip", answer.Headers.ContentType);
        Assert.True(string.IsNullOrEmpty(answer.Headers.ContentEncoding));
    }

    [Fact]
    public async Task An_object_without_our_metadata_is_judged_by_its_bytes()
    {
        var (lake, server, options) = await OpenAsync();
        using var _ = lake;
        using var client = server.NewClient();
        await client.PutObjectAsync(
            new PutObjectRequest { BucketName = options.Bucket, Key = $"{options.Prefix}/{Key}", InputStream = new MemoryStream(Bytes) },
            Cancellation);
        var other = TestObject.Of(Key, TestObject.Bytes(seed: 2, Bytes.Length));

        Assert.Equal(PutOutcome.AlreadyStored, (await lake.PutAsync(Put, Cancellation)).Outcome);
        Assert.Equal(PutOutcome.Conflict, (await lake.PutAsync(other, Cancellation)).Outcome);
        Assert.Equal(new LakeEntry(Key, Bytes.Length, null), await lake.FindAsync(Key, Cancellation));
    }

    [Fact]
    public async Task A_listing_goes_on_after_the_first_page()
    {
        var (lake, _, _) = await OpenAsync();
        using var _ = lake;
        var keys = Enumerable.Range(0, 1005).Select(n => $"good/{n:D4}").ToArray();
        await Parallel.ForEachAsync(keys, Cancellation, async (key, cancellation) =>
            Assert.True((await lake.PutAsync(TestObject.Of(key, [1]), cancellation)).IsConfirmed));

        Assert.Equal(keys, await lake.ListAsync("good/", Cancellation).Select(e => e.Key).ToArrayAsync(Cancellation));
    }

    [Fact]
    public async Task A_lake_without_prefix_has_the_whole_bucket()
    {
        var server = await fixture.ServerAsync();
        var options = await fixture.NewOptionsAsync() with { Bucket = await server.NewBucketAsync(), Prefix = "" };
        using var lake = new S3Lake(options, server.Credentials);

        await lake.PutAsync(Put, Cancellation);

        Assert.Equal([Key], await lake.ListAsync("", Cancellation).Select(e => e.Key).ToArrayAsync(Cancellation));
    }

    [Fact]
    public async Task A_bucket_that_does_not_exist_is_missing()
    {
        var (lake, _, _) = await OpenAsync(o => o with { Bucket = "no-such-bucket", PartBytes = S3LakeOptions.PartBytesMin });
        using var _ = lake;
        var large = TestObject.Of(Key, TestObject.Bytes(seed: 1, S3LakeOptions.PartBytesMin + 1));

        Assert.Equal(PutOutcome.Missing, (await lake.PutAsync(Put, Cancellation)).Outcome);
        Assert.Equal(PutOutcome.Missing, (await lake.PutAsync(large, Cancellation)).Outcome);
        await AssertUnreadableAsync(lake, nameof(PutOutcome.Missing));
    }

    [Fact]
    public async Task Credentials_that_are_wrong_are_denied()
    {
        var server = await fixture.ServerAsync();
        using var lake = new S3Lake(await fixture.NewOptionsAsync(), new BasicAWSCredentials(server.AccessKey, "wrong"));

        var result = await lake.PutAsync(Put, Cancellation);

        Assert.Equal(PutOutcome.Denied, result.Outcome);
        Assert.Contains("SignatureDoesNotMatch", result.Detail, StringComparison.Ordinal);
        await AssertUnreadableAsync(lake, nameof(PutOutcome.Denied));
    }

    [Fact]
    public async Task Credentials_that_cannot_be_found_are_denied()
    {
        using var lake = new S3Lake(await fixture.NewOptionsAsync(), new MissingCredentials());

        var result = await lake.PutAsync(Put, Cancellation);

        Assert.Equal(new PutResult(PutOutcome.Denied, "Failed to resolve AWS credentials."), result);
    }

    [Fact]
    public async Task A_fault_of_the_server_makes_the_lake_unreadable_for_now()
    {
        await using var s3 = await S3ProxiedLake.OpenAsync(fixture);
        await s3.Proxy.SetAsync(Fault.SlowDown);

        await AssertUnreadableAsync(s3.Lake, nameof(PutOutcome.Throttled));
    }

    [Fact]
    public async Task A_server_that_comes_back_has_what_was_stored_and_takes_more()
    {
        if (S3Server.Absence() is { } absence)
            Assert.Skip(absence);
        await using var server = await S3Server.StartAsync();
        var options = new S3LakeOptions { Bucket = await server.NewBucketAsync(), Endpoint = server.Endpoint, PathStyle = true };
        using var lake = new S3Lake(options, server.Credentials);
        await lake.PutAsync(Put, Cancellation);

        await server.StopGatewayAsync();
        Assert.Equal(PutOutcome.Unreachable, (await lake.PutAsync(TestObject.Of("good/2", Bytes), Cancellation)).Outcome);
        await server.StartGatewayAsync();

        Assert.Equal(PutOutcome.AlreadyStored, (await lake.PutAsync(Put, Cancellation)).Outcome);
        Assert.Equal(PutOutcome.Stored, (await lake.PutAsync(TestObject.Of("good/2", Bytes), Cancellation)).Outcome);
    }

    [Fact]
    public void Options_that_cannot_work_are_an_argument_error()
    {
        var thrown = Assert.Throws<ArgumentException>(() => new S3Lake(
            new S3LakeOptions { Bucket = "No", PartBytes = 1 }, new BasicAWSCredentials("a", "b")));

        Assert.Contains("bucket name", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("part size", thrown.Message, StringComparison.Ordinal);
    }

    private async Task<(S3Lake Lake, S3Server Server, S3LakeOptions Options)> OpenAsync(
        Func<S3LakeOptions, S3LakeOptions>? choose = null)
    {
        var server = await fixture.ServerAsync();
        var options = await fixture.NewOptionsAsync();
        options = choose is null ? options : choose(options);
        return (new S3Lake(options, server.Credentials), server, options);
    }

    private static async Task AssertUnreadableAsync(S3Lake lake, string why)
    {
        var thrown = new[]
        {
            await Assert.ThrowsAsync<LakeUnavailableException>(async () => await lake.FindAsync(Key, Cancellation)),
            await Assert.ThrowsAsync<LakeUnavailableException>(async () => await lake.OpenReadAsync(Key, Cancellation)),
            await Assert.ThrowsAsync<LakeUnavailableException>(async () => await lake.ListAsync("", Cancellation).ToListAsync(Cancellation)),
        };
        Assert.All(thrown, t => Assert.Contains(why, t.Message, StringComparison.Ordinal));
    }

    private sealed class MissingCredentials : AWSCredentials
    {
        public override ImmutableCredentials GetCredentials() =>
            throw new AmazonClientException("Failed to resolve AWS credentials.\nHere is where the SDK looked.");
    }
}
