using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Ingest.Engine;

/// <summary>Writes the fields of the wire form.</summary>
internal readonly struct WireWriter(IBufferWriter<byte> output)
{
    /// <summary>Bytes of a varint of 64 bits.</summary>
    private const int VarintBytesMax = 10;

    public void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    /// <param name="value">0 or above.</param>
    public void Number(int value) => Varint((uint)value);

    public void Time(long value) => Varint((ulong)((value << 1) ^ (value >> 63)));

    public void Hash(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(output.GetSpan(16), value);
        output.Advance(16);
    }

    /// <summary>Half of a surrogate pair becomes U+FFFD, as in a lake line.</summary>
    public void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Number(length);
        if (length == 0)
            return;
        Encoding.UTF8.GetBytes(text, output.GetSpan(length));
        output.Advance(length);
    }

    private void Varint(ulong value)
    {
        var span = output.GetSpan(VarintBytesMax);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
            span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        output.Advance(length);
    }
}
