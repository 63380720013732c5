using System.Buffers.Binary;

namespace Ingest.Engine;

/// <summary>
/// The CRC-32 of gzip (RFC 1952, polynomial 0x04C11DB7, reflected), which .NET has no public function for: the processor's
/// instruction on x64, and <see cref="System.Numerics.BitOperations"/>, are of another polynomial.
/// </summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB8_8320;

    // Bytes that one step takes, each by a table of its own.
    private const int Slices = 8;
    private const int TableLength = 256;

    private static readonly uint[] Tables = MakeTables();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<uint> tables = Tables;
        var crc = uint.MaxValue;
        for (; bytes.Length >= Slices; bytes = bytes[Slices..])
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[sizeof(uint)..]);
            crc = tables[(7 * TableLength) + (byte)low]
                ^ tables[(6 * TableLength) + (byte)(low >> 8)]
                ^ tables[(5 * TableLength) + (byte)(low >> 16)]
                ^ tables[(4 * TableLength) + (byte)(low >> 24)]
                ^ tables[(3 * TableLength) + (byte)high]
                ^ tables[(2 * TableLength) + (byte)(high >> 8)]
                ^ tables[TableLength + (byte)(high >> 16)]
                ^ tables[(byte)(high >> 24)];
        }

        foreach (var single in bytes)
            crc = (crc >> 8) ^ tables[(byte)(crc ^ single)];
        return ~crc;
    }

    /// <summary>Table n holds the CRC of each byte with n zero bytes after it.</summary>
    private static uint[] MakeTables()
    {
        var tables = new uint[Slices * TableLength];
        for (var value = 0; value < TableLength; value++)
        {
            var crc = (uint)value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;
            tables[value] = crc;
        }

        for (var i = TableLength; i < tables.Length; i++)
        {
            var shorter = tables[i - TableLength];
            tables[i] = (shorter >> 8) ^ tables[(byte)shorter];
        }

        return tables;
    }
}
