using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Ingest.Engine;

/// <summary>Writes the fields of the wire form; whoever made it calls <see cref="Flush"/> at the end.</summary>
internal ref struct WireWriter(IBufferWriter<byte> output)
{
    /// <summary>Bytes of a varint of 64 bits.</summary>
    private const int VarintBytesMax = 10;

    /// <summary>Bytes of the output that are asked for at a time: some events without their payloads.</summary>
    private const int SpanBytes = 512;

    private Span<byte> _span;
    private int _used;

    public void Byte(byte value)
    {
        Ensure(1);
        _span[_used++] = value;
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Flush();
        output.Write(bytes);
    }

    /// <param name="value">0 or above.</param>
    public void Number(int value) => Varint((uint)value);

    public void Time(long value) => Varint((ulong)((value << 1) ^ (value >> 63)));

    public void Hash(UInt128 value)
    {
        const int length = 16;
        Ensure(length);
        BinaryPrimitives.WriteUInt128LittleEndian(_span[_used..], value);
        _used += length;
    }

    /// <summary>Half of a surrogate pair becomes U+FFFD, as in a lake line.</summary>
    public void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Number(length);
        Ensure(length);
        _used += Encoding.UTF8.GetBytes(text, _span[_used..]);
    }

    /// <summary>Hands over what was written.</summary>
    public void Flush()
    {
        if (_used > 0)
            output.Advance(_used);
        _span = default;
        _used = 0;
    }

    private void Varint(ulong value)
    {
        Ensure(VarintBytesMax);
        for (; value >= 0x80; value >>= 7)
            _span[_used++] = (byte)(value | 0x80);
        _span[_used++] = (byte)value;
    }

    private void Ensure(int size)
    {
        if (_span.Length - _used >= size)
            return;
        Flush();
        _span = output.GetSpan(Math.Max(size, SpanBytes));
    }
}
