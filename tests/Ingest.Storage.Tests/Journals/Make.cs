using Ingest.Engine;

namespace Ingest.Storage.Tests;

/// <summary>Small valid journal words for tests; bodies and ids follow from seq and seed, so that a mix-up shows.</summary>
internal static class Make
{
    /// <summary>2026-11-21T20Z.</summary>
    public static readonly LakeHour Hour = new(498_620);

    /// <summary>Later than anything is received.</summary>
    public static readonly Instant Ever = new(long.MaxValue);

    public static readonly PartitionId Shop = new("shop", 0);

    /// <summary>Number of partitions of every source of which a test says nothing else: above any number that tests use.</summary>
    public const int PartitionCount = 1_024;

    public static byte[] Body(long seq, int length, int seed = 0)
    {
        var body = new byte[length];
        new Random(unchecked(((int)seq * 397) ^ seed)).NextBytes(body); // Not HashCode, which differs from process to process.
        return body;
    }

    public static Block Block(
        long seq, LakeStream stream = LakeStream.Good, LakeHour? hour = null, int events = 2, int bodyBytes = 100, int seed = 0)
    {
        var at = hour ?? Hour;
        return new Block(seq, stream, at, events, events * 300, at.Start + TimeSpan.FromMilliseconds(seq), Body(seq, bodyBytes, seed));
    }

    /// <summary>The bodies one after the other.</summary>
    public static byte[] BytesOf(IEnumerable<Block> blocks)
    {
        using var all = new MemoryStream();
        foreach (var block in blocks)
            all.Write(block.Body.Span);
        return all.ToArray();
    }

    public static byte[] Ids(long seq, int count) => Body(seq, count * 16, seed: -1);

    /// <summary>An append of these blocks with the ids and counts that go with them.</summary>
    public static Append Append(PartitionId partition, params Block[] blocks) =>
        Append(partition, blocks[0].Seq, blocks, clock: blocks[^1].Received);

    public static Append Append(PartitionId partition, long firstSeq, IReadOnlyList<Block> blocks, Instant clock, long forgetBelow = long.MinValue) => new(
        partition,
        PartitionCount,
        firstSeq,
        blocks,
        Ids(firstSeq, blocks.Sum(b => b.Events)),
        forgetBelow,
        clock,
        CountsOf(blocks));

    public static IReadOnlyList<LedgerCounts> CountsOf(IReadOnlyList<Block> blocks) =>
    [
        .. blocks.GroupBy(b => b.Hour).Select(g =>
        {
            var good = g.Where(b => b.Stream == LakeStream.Good).Sum(b => b.Events);
            var quarantined = g.Where(b => b.Stream == LakeStream.Quarantine).Sum(b => b.Events);
            return new LedgerCounts(g.Key, good + quarantined + 3, good, quarantined, 2, 1);
        }),
    ];

    public static Seal Seal(PartitionId partition, IReadOnlyList<Block> blocks, long sealedAt = 0, byte[]? merged = null) => new(
        new Batch(
            partition,
            blocks[0].Stream,
            blocks[0].Hour,
            blocks[0].Seq,
            blocks[^1].Seq,
            blocks.Count,
            blocks.Sum(b => b.Events),
            blocks.Sum(b => (long)b.LineBytes),
            merged?.Length ?? blocks.Sum(b => (long)b.Body.Length),
            blocks[0].Hour.Start + TimeSpan.FromMilliseconds(sealedAt),
            SealReason.Age),
        merged is null ? (ReadOnlyMemory<byte>?)null : merged); // Without the cast, null would become an empty memory.

    public static ShippedObject Shipped(Batch batch) => new(
        LakeLayout.KeyOf(batch, "testjrnl"), batch.BodyBytes, new string('a', 64), batch.SealedAt + TimeSpan.FromSeconds(1));
}
