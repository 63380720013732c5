using Ingest.Engine;

namespace Ingest.Storage.Tests.Lakes;

/// <summary>Keys are a format: objects of earlier versions stay where they are, and a retry must find them.</summary>
public sealed class LakeLayoutTests
{
    private static readonly Batch Shop = new(
        Partition: new PartitionId("shop", 0),
        Stream: LakeStream.Good,
        Hour: new LakeHour(498_692),
        FromSeq: 1,
        ToSeq: 42,
        Blocks: 42,
        Events: 1000,
        LineBytes: 1_000_000,
        BodyBytes: 100_000,
        SealedAt: new Instant(0),
        Reason: SealReason.Age);

    public static TheoryData<Batch, string, string> Golden => new()
    {
        { Shop, "abcdefgh", "good/source=shop/dt=2026-11-21/hr=20/shop-0-abcdefgh-000000000001-000000000042.json.gz" },
        {
            Shop with { Stream = LakeStream.Quarantine, Partition = new PartitionId("shop.eu-1_a", 15) },
            "zz234567",
            "quarantine/source=shop.eu-1_a/dt=2026-11-21/hr=20/shop.eu-1_a-15-zz234567-000000000001-000000000042.json.gz"
        },
        {
            Shop with { Hour = new LakeHour(0), FromSeq = 0, ToSeq = 999_999_999_999 },
            "aaaaaaaa",
            "good/source=shop/dt=1970-01-01/hr=00/shop-0-aaaaaaaa-000000000000-999999999999.json.gz"
        },
        {
            Shop with { Hour = new LakeHour(474_791), Reason = SealReason.Drain },
            "abcdefgh",
            "good/source=shop/dt=2024-02-29/hr=23/shop-0-abcdefgh-000000000001-000000000042.json.gz"
        },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void A_batch_has_this_key(Batch batch, string journalId, string key)
    {
        Assert.Equal(key, LakeLayout.KeyOf(batch, journalId));
        Assert.True(LakeKey.IsValid(key));
    }

    [Fact]
    public void The_longest_key_is_one_that_lakes_take()
    {
        var source = new string('s', SourceName.LengthMax);
        var batch = Shop with { Partition = new PartitionId(source, int.MaxValue), Stream = LakeStream.Quarantine, ToSeq = long.MaxValue };

        Assert.True(LakeKey.IsValid(LakeLayout.KeyOf(batch, "abcdefgh")));
    }
}
