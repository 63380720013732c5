using Ingest.Engine;

namespace Ingest.Storage.Postgres;

/// <summary>One row of a generation: a block, or a piece of a merged body.</summary>
/// <param name="Partition">The partition's key.</param>
/// <param name="Piece">0 for a block; 1 and up for the pieces of a merged body.</param>
/// <param name="Info">Its other fields. A piece has the seq, stream and hour of its batch, and no events.</param>
/// <param name="Crc">The checksum of all of them and the body.</param>
/// <param name="Body">The bytes.</param>
internal readonly record struct BlockRow(int Partition, short Piece, BlockInfo Info, int Crc, ReadOnlyMemory<byte> Body)
{
    /// <summary>A merged body is cut into rows of this size at most, so that reading one never holds more: 1 MiB.</summary>
    public const int PieceBytesMax = 1 << 20;

    /// <param name="partition">The partition's key.</param>
    /// <param name="piece">As <see cref="Piece"/>.</param>
    /// <param name="info">As <see cref="Info"/>.</param>
    /// <param name="ofBody">CRC-32C over the body, computed by the caller on its own thread.</param>
    /// <param name="body">The bytes.</param>
    public static BlockRow Of(int partition, short piece, in BlockInfo info, Crc32C ofBody, ReadOnlyMemory<byte> body) =>
        new(partition, piece, info, ChecksumOf(partition, piece, info, ofBody), body);

    /// <summary>The checksum as the table keeps it.</summary>
    public static int ChecksumOf(int partition, short piece, in BlockInfo info, Crc32C ofBody)
    {
        var crc = ofBody;
        crc.Add("blocks");
        crc.Add(partition);
        crc.Add(piece);
        crc.Add(info.Seq);
        crc.Add((long)info.Stream);
        crc.Add(info.Hour.Number);
        crc.Add(info.Events);
        crc.Add(info.LineBytes);
        crc.Add(info.BodyBytes);
        crc.Add(info.Received.UnixMilliseconds);
        return unchecked((int)crc.Value);
    }
}
