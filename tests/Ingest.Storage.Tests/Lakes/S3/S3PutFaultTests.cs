using Ingest.Engine;
using Ingest.TestKit;
using Microsoft.AspNetCore.Http;

namespace Ingest.Storage.Tests.Lakes.S3;

/// <summary>Faults between us and the server: each has its outcome, and the next put succeeds with the right bytes.</summary>
public sealed class S3PutFaultTests(S3ServerFixture fixture)
{
    private const string Key = "good/a=b/1.json.gz";

    private static readonly byte[] Bytes = TestObject.Bytes(seed: 1, 300_000);
    private static readonly LakeObject Put = TestObject.Of(Key, Bytes);

    public static TheoryData<Fault, PutOutcome> Faults => new()
    {
        { Fault.InternalError, PutOutcome.Unreachable },
        { new Fault.Answer(502), PutOutcome.Unreachable },
        { new Fault.Answer(504), PutOutcome.Unreachable },
        { new Fault.Answer(400, "RequestTimeout"), PutOutcome.Unreachable },
        { new Fault.Answer(409, "ConditionalRequestConflict"), PutOutcome.Unreachable },
        { Fault.SlowDown, PutOutcome.Throttled },
        { new Fault.Answer(429), PutOutcome.Throttled },
        { Fault.AccessDenied, PutOutcome.Denied },
        { new Fault.Answer(401), PutOutcome.Denied },
        { new Fault.Answer(404, "NoSuchBucket"), PutOutcome.Missing },
        { new Fault.Answer(400, "InvalidArgument"), PutOutcome.Rejected },
        { new Fault.Answer(200), PutOutcome.Rejected },
        { new Fault.Refuse(), PutOutcome.Unreachable },
        { new Fault.CutBody(100_000), PutOutcome.Unreachable },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_has_its_outcome_and_the_next_try_stores(Fault fault, PutOutcome expected)
    {
        await using var s3 = await S3ProxiedLake.OpenAsync(fixture);
        await s3.Proxy.SetAsync(fault);

        var result = await s3.PutAsync(Put);
        Assert.Equal(expected, result.Outcome);
        Assert.False(string.IsNullOrWhiteSpace(result.Detail));

        await s3.Proxy.SetAsync(Fault.None);
        Assert.Null(await s3.Lake.FindAsync(Key, TestContext.Current.CancellationToken));
        Assert.Equal(new PutResult(PutOutcome.Stored), await s3.PutAsync(Put));
        Assert.Equal(Bytes, await s3.ReadAsync(Key));
    }

    [Fact]
    public async Task The_lake_itself_tries_nothing_twice()
    {
        await using var s3 = await S3ProxiedLake.OpenAsync(fixture);
        await s3.Proxy.SetAsync(Fault.InternalError);

        await s3.PutAsync(Put);

        Assert.Equal(1, s3.Proxy.Count<Fault.Answer>());
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_unreachable()
    {
        await using var s3 = await S3ProxiedLake.OpenAsync(
            fixture, o => o with { RequestTimeout = TimeSpan.FromSeconds(1) });
        await s3.Proxy.SetAsync(new Fault.Hang());

        var result = await s3.PutAsync(Put);

        Assert.Equal(PutOutcome.Unreachable, result.Outcome);
        Assert.Contains("time-out", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_put_ends_at_once_though_the_server_does_not_answer()
    {
        await using var s3 = await S3ProxiedLake.OpenAsync(fixture);
        await s3.Proxy.SetAsync(new Fault.Hang());
        using var cancelled = new CancellationTokenSource();

        var put = s3.Lake.PutAsync(Put, cancelled.Token).AsTask();
        await s3.Proxy.SeenAsync<Fault.Hang>();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
    }

    [Fact]
    public async Task A_slow_server_stores()
    {
        await using var s3 = await S3ProxiedLake.OpenAsync(fixture);
        await s3.Proxy.SetAsync(new Fault.Delay(TimeSpan.FromMilliseconds(300)));

        Assert.Equal(PutOutcome.Stored, (await s3.PutAsync(Put)).Outcome);
    }

    [Fact]
    public async Task What_was_stored_though_the_answer_was_lost_is_already_stored()
    {
        await using var s3 = await S3ProxiedLake.OpenAsync(fixture);
        await s3.Proxy.SetAsync(new Fault.LoseAnswer());
        Assert.Equal(PutOutcome.Unreachable, (await s3.PutAsync(Put)).Outcome);

        await s3.Proxy.SetAsync(Fault.None);

        Assert.Equal(PutOutcome.AlreadyStored, (await s3.PutAsync(Put)).Outcome);
        Assert.Equal(Bytes, await s3.ReadAsync(Key));
    }

    [Fact]
    public async Task Where_the_look_after_412_fails_the_outcome_is_that_of_the_look()
    {
        await using var s3 = await S3ProxiedLake.OpenAsync(fixture);
        await s3.PutAsync(Put);
        await s3.Proxy.SetAsync(Fault.SlowDown with { AppliesTo = r => HttpMethods.IsHead(r.Method) });

        Assert.Equal(PutOutcome.Throttled, (await s3.PutAsync(Put)).Outcome);
    }
}
