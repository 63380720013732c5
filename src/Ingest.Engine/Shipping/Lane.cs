using System.Globalization;
using System.Text;

namespace Ingest.Engine;

/// <summary>
/// One of a fixed number of shares of all partitions. Each lane has one shipper, so that shipping spreads over processes
/// and no two put the same batch. A partition stays in its lane for ever: <see cref="Holds"/> is part of the format.
/// </summary>
/// <param name="Index">0-based number of the lane.</param>
/// <param name="Count">Number of lanes, at least 1.</param>
public readonly record struct Lane(int Index, int Count)
{
    /// <summary>The one lane of a runtime with one shipper.</summary>
    public static Lane All { get; } = new(0, 1);

    /// <summary>The lane of a partition.</summary>
    public static Lane Of(PartitionId partition, int count) => new((int)(Hash(partition) % (uint)count), count);

    /// <summary>True when the partition's batches ship here.</summary>
    public bool Holds(PartitionId partition) => Count == 1 || Hash(partition) % (uint)Count == (uint)Index;

    /// <summary>FNV-1a of the partition's name in UTF-8: the same in every process, version and database.</summary>
    public static uint Hash(PartitionId partition)
    {
        Span<byte> name = stackalloc byte[SourceName.LengthMax * 3 + 12];
        var length = Encoding.UTF8.GetBytes(partition.Source, name);
        name[length++] = (byte)'/';
        partition.Number.TryFormat(name[length..], out var digits, provider: CultureInfo.InvariantCulture);
        var hash = 2_166_136_261u;
        foreach (var b in name[..(length + digits)])
            hash = unchecked((hash ^ b) * 16_777_619u);
        return hash;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index} of {Count}");
}
