using Amazon.S3.Model;
using Ingest.Engine;
using Ingest.TestKit;
using Microsoft.AspNetCore.Http;

namespace Ingest.Storage.Tests.Lakes.S3;

/// <summary>Faults at each step of a multipart upload: nothing is seen, nothing is left, and the next put succeeds.</summary>
public sealed class S3MultipartFaultTests(S3ServerFixture fixture)
{
    private const string Key = "good/large.json.gz";

    private static readonly byte[] Bytes = TestObject.Bytes(seed: 1, 2 * S3LakeOptions.PartBytesMin + 1000);
    private static readonly LakeObject Put = TestObject.Of(Key, Bytes);

    public static TheoryData<string, Fault> Faults => new()
    {
        { "look", Fault.InternalError with { AppliesTo = r => HttpMethods.IsHead(r.Method) } },
        { "begin", Fault.InternalError with { AppliesTo = r => r.Query.ContainsKey("uploads") } },
        { "first part", Fault.InternalError with { AppliesTo = r => r.Query["partNumber"] == "1" } },
        { "last part", Fault.InternalError with { AppliesTo = r => r.Query["partNumber"] == "3" } },
        { "cut in a part", new Fault.CutBody(1 << 20) { AppliesTo = r => r.Query["partNumber"] == "2" } },
        { "end", Fault.InternalError with { AppliesTo = IsCompletion } },
        { "end, as 200", new Fault.Answer(200, "InternalError") { AppliesTo = IsCompletion } },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_leaves_nothing_and_the_next_try_stores(string step, Fault fault)
    {
        await using var s3 = await OpenAsync();
        await s3.Proxy.SetAsync(fault);

        var result = await s3.PutAsync(Put);
        Assert.True(result.Outcome == PutOutcome.Unreachable, $"{step}: {result}");

        await s3.Proxy.SetAsync(Fault.None);
        Assert.Null(await s3.Lake.FindAsync(Key, TestContext.Current.CancellationToken));
        Assert.Empty(await UnfinishedUploadsAsync(s3));
        Assert.Equal(new PutResult(PutOutcome.Stored), await s3.PutAsync(Put));
        Assert.Equal(Bytes, await s3.ReadAsync(Key));
    }

    [Fact]
    public async Task What_was_stored_though_the_answer_was_lost_is_already_stored()
    {
        await using var s3 = await OpenAsync();
        await s3.Proxy.SetAsync(new Fault.LoseAnswer { AppliesTo = IsCompletion });
        Assert.Equal(PutOutcome.Unreachable, (await s3.PutAsync(Put)).Outcome);

        await s3.Proxy.SetAsync(Fault.None);

        Assert.Equal(PutOutcome.AlreadyStored, (await s3.PutAsync(Put)).Outcome);
        Assert.Equal(Bytes, await s3.ReadAsync(Key));
        Assert.Empty(await UnfinishedUploadsAsync(s3));
    }

    [Fact]
    public async Task A_reader_that_fails_leaves_no_parts()
    {
        await using var s3 = await OpenAsync();
        var other = TestObject.Of(Key, TestObject.Bytes(seed: 2, Bytes.Length));

        await Assert.ThrowsAsync<InvalidDataException>(() => s3.PutAsync(Put with { Read = other.Read }));

        Assert.Empty(await UnfinishedUploadsAsync(s3));
    }

    private static bool IsCompletion(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.Query.ContainsKey("uploadId");

    private Task<S3ProxiedLake> OpenAsync() =>
        S3ProxiedLake.OpenAsync(fixture, o => o with { PartBytes = S3LakeOptions.PartBytesMin });

    private static async Task<IReadOnlyList<MultipartUpload>> UnfinishedUploadsAsync(S3ProxiedLake s3)
    {
        using var client = s3.Server.NewClient();
        var answer = await client.ListMultipartUploadsAsync(
            new ListMultipartUploadsRequest { BucketName = s3.Options.Bucket, Prefix = s3.Options.Prefix },
            TestContext.Current.CancellationToken);
        return answer.MultipartUploads ?? [];
    }
}
