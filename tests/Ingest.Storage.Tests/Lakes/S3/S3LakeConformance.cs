using Ingest.Engine;

namespace Ingest.Storage.Tests.Lakes.S3;

/// <summary>The conformance suite against a real S3 server; a subclass chooses the options.</summary>
public abstract class S3LakeConformance(S3ServerFixture fixture) : LakeConformance
{
    protected override int BoundaryBytes => S3LakeOptions.PartBytesMin;

    protected override int RaceRounds => 10;

    protected abstract S3LakeOptions Choose(S3LakeOptions options);

    protected override async ValueTask<ILake> OpenAsync() =>
        new S3Lake(Choose(await fixture.NewOptionsAsync()), (await fixture.ServerAsync()).Credentials);
}

/// <summary>As configured when nothing is said: what the tests store is put at once.</summary>
public sealed class S3SinglePutTests(S3ServerFixture fixture) : S3LakeConformance(fixture)
{
    protected override S3LakeOptions Choose(S3LakeOptions options) => options;
}

/// <summary>Objects of most tests are put in two parts.</summary>
public sealed class S3MultipartTests(S3ServerFixture fixture) : S3LakeConformance(fixture)
{
    protected override int ObjectBytes => S3LakeOptions.PartBytesMin + 1;

    // Ceph 16 ignores If-None-Match when a multipart upload completes.
    protected override bool SettlesRaces => false;

    protected override S3LakeOptions Choose(S3LakeOptions options) =>
        options with { PartBytes = S3LakeOptions.PartBytesMin };
}

/// <summary>For servers that refuse checksum headers.</summary>
public sealed class S3ChecksumsWhenRequiredTests(S3ServerFixture fixture) : S3LakeConformance(fixture)
{
    protected override S3LakeOptions Choose(S3LakeOptions options) => options with
    {
        PartBytes = S3LakeOptions.PartBytesMin,
        RequestChecksums = S3RequestChecksums.WhenRequired,
    };
}

/// <summary>For servers that refuse conditions.</summary>
public sealed class S3WithoutConditionsTests(S3ServerFixture fixture) : S3LakeConformance(fixture)
{
    protected override bool SettlesRaces => false;

    protected override S3LakeOptions Choose(S3LakeOptions options) => options with
    {
        PartBytes = S3LakeOptions.PartBytesMin,
        ConditionalPut = false,
    };
}
