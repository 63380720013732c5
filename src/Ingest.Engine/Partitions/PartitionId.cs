using System.Globalization;

namespace Ingest.Engine;

/// <summary>Names one partition: <c>source/n</c>. The unit of order, of deduplication and of concurrency.</summary>
/// <param name="Source">The source's name, by <see cref="RelaySource.IsValid"/>: where events wait to be relayed, that of a relay source.</param>
/// <param name="Number">0-based number of the partition within its source.</param>
public readonly record struct PartitionId(string Source, int Number)
{
    /// <summary>The partition of a source with <paramref name="partitions"/> partitions that keeps this event id.</summary>
    public static PartitionId Of(string source, UInt128 idHash, int partitions) =>
        new(source, partitions == 1 ? 0 : (int)(idHash % (UInt128)partitions));

    /// <summary>The same in every process, so that whatever goes through a table of partitions can be repeated.</summary>
    public override int GetHashCode() => (int)Lane.Hash(this);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Source}/{Number}");
}

/// <summary>The rule for names of sources: they stand in paths, keys and file names.</summary>
public static class SourceName
{
    /// <summary>Longest name, in characters: keys of the lake stay far below S3's 1,024 bytes.</summary>
    public const int LengthMax = 64;

    /// <summary>True for 1 to 64 of <c>a-z 0-9 _ - .</c>, the first a letter or digit.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= LengthMax
        && (char.IsAsciiLetterLower(name[0]) || char.IsAsciiDigit(name[0]))
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-' or '.');
}
