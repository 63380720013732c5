using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// What every journal demands of its callers before anything is queued. A breach is a fault of the program, not of the
/// storage, so it throws.
/// </summary>
internal static class WriteRules
{
    /// <summary>Bytes of one event id.</summary>
    public const int IdBytes = 16;

    /// <summary>Most partitions that a split makes: each takes a row, and some memory of every journal that is open.</summary>
    public const int SplitMax = 4_096;

    /// <summary>Bytes of a relayed object's region and key: keys of S3 have no more.</summary>
    private const int RelayedBytesMax = 1_024;

    /// <exception cref="ArgumentException">The append contradicts itself.</exception>
    public static void Check(Append append)
    {
        Require(append.FirstSeq >= 1, "FirstSeq must be at least 1.");
        Require(
            append.Partition.Number >= 0 && append.Partition.Number < append.PartitionCount,
            "PartitionCount must be above the partition's number.");
        Require(append.Ids.Length % IdBytes == 0, "Ids must be whole ids of 16 bytes.");
        Require(append.Ids.IsEmpty || append.Blocks.Count > 0, "Ids must come with the blocks that hold their events.");
        Require(append.ForgetIdsBelow <= append.FirstSeq, "ForgetIdsBelow must be at most FirstSeq: an append cannot forget its own ids.");
        for (var i = 0; i < append.Blocks.Count; i++)
        {
            var block = append.Blocks[i];
            Require(block.Seq == append.FirstSeq + i, "Blocks must have consecutive seqs from FirstSeq on.");
            Require(block.Stream is LakeStream.Good or LakeStream.Quarantine, "A block must be of a known stream.");
            Require(block.Events >= 1, "A block must hold at least one event.");
            Require(!block.Body.IsEmpty, "A block must have a body.");
        }
    }

    /// <exception cref="ArgumentException">The seal contradicts itself.</exception>
    public static void Check(Seal seal)
    {
        Require(seal.Batch.Stream is LakeStream.Good or LakeStream.Quarantine, "A batch must be of a known stream.");
        if (seal.MergedBody is { } merged)
            Require(!merged.IsEmpty && merged.Length == seal.Batch.BodyBytes, "BodyBytes must be the length of the merged body.");
    }

    /// <exception cref="ArgumentException">The split contradicts itself.</exception>
    public static void CheckSplit(int from, int to)
    {
        Require(from >= 1, "The present number of partitions must be at least 1.");
        Require(to >= from && to % from == 0, "The new number of partitions must be a multiple of the present one.");
        Require(to <= SplitMax, "The new number of partitions must be at most 4,096.");
    }

    public static void Check(RelayedObject relayed) => Require(
        relayed.Region.Length > 0 && relayed.Key.Length > 0 && relayed.Sha256.Length > 0
        && System.Text.Encoding.UTF8.GetByteCount(relayed.Region) + System.Text.Encoding.UTF8.GetByteCount(relayed.Key) <= RelayedBytesMax,
        "A relayed object has a checksum, and region and key, of 1,024 bytes together at most.");

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new ArgumentException(message);
    }
}
