using System.Buffers.Binary;
using System.Text;

namespace Ingest.Engine;

/// <summary>
/// Reads the fields of the wire form. Whatever stands in the input, it reads no byte outside it, and names no number of
/// things that the rest of the input could not hold.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> input)
{
    private const string EndsEarly = "the input ends too early";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _input = input;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    private readonly int Left => _input.Length - Position;

    public byte Byte()
    {
        if (Position == _input.Length)
            throw Fault(EndsEarly);
        return _input[Position++];
    }

    /// <summary>The next bytes, where they stand in the input.</summary>
    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count > Left)
            throw Fault(EndsEarly);
        var bytes = _input.Slice(Position, count);
        Position += count;
        return bytes;
    }

    /// <summary>A number of things that follow.</summary>
    /// <param name="bytesEach">Bytes that each of them takes at least, and that must be there.</param>
    public int Count(int bytesEach)
    {
        var count = Varint(uint.MaxValue);
        if (count > (ulong)(Left / bytesEach))
            throw Fault($"{count} things cannot follow in {Left} bytes");
        return (int)count;
    }

    /// <param name="bytes">Number of bytes that a slice must lie within.</param>
    public Slice Slice(int bytes)
    {
        var length = Varint(uint.MaxValue);
        if (length == 0)
            return default;
        var offset = Varint(uint.MaxValue);
        if (offset + length > (ulong)bytes)
            throw Fault($"a slice of {length} bytes at {offset} is not within the {bytes} of the batch");
        return new Slice((int)offset, (int)length);
    }

    public long Time()
    {
        var value = Varint(ulong.MaxValue);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public UInt128 Hash() => BinaryPrimitives.ReadUInt128LittleEndian(Bytes(16));

    public string Text()
    {
        var bytes = Bytes(Count(bytesEach: 1));
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Fault("a text is not UTF-8");
        }
    }

    public readonly InvalidDataException Fault(string found) => new($"Event batch, byte {Position}: {found}.");

    private ulong Varint(ulong max)
    {
        ulong value = Byte();
        if (value < 0x80)
            return value;
        value &= 0x7F;
        for (var shift = 7; shift < 64; shift += 7)
        {
            ulong part = Byte();
            value |= (part & 0x7F) << shift;
            if ((part & 0x80) != 0)
                continue;
            if (value > max || (part << shift) >> shift != part)
                throw Fault("a number is too large");
            return value;
        }

        throw Fault("a number has no end");
    }
}
