using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Ingest.Engine;

namespace Ingest.Fuzz;

/// <summary>
/// Reads the wire form of a batch by the letter of its description, in a simple way: what the codec makes of bytes is held
/// against it. Both are told as a description, which says all that a batch says, but not where its bytes stand.
/// </summary>
internal sealed class ReferenceWire
{
    private readonly byte[] _input;
    private readonly ByteText _text = new();
    private byte[] _bytes = [];
    private int _at;

    private ReferenceWire(byte[] input) => _input = input;

    /// <summary>Describes the batch at the beginning of some bytes; null where there is none.</summary>
    /// <param name="input">The bytes.</param>
    /// <param name="length">Bytes that the batch takes of them.</param>
    public static byte[]? Describe(byte[] input, out int length)
    {
        var wire = new ReferenceWire(input);
        try
        {
            wire.Batch();
            length = wire._at;
            return wire._text.ToArray();
        }
        catch (Exception e) when (e is InvalidDataException or IndexOutOfRangeException or ArgumentOutOfRangeException or OverflowException)
        {
            length = 0;
            return null;
        }
    }

    /// <summary>Describes a batch that was read.</summary>
    public static byte[] Describe(EventBatch batch)
    {
        var text = new ByteText();
        Field(text, batch[batch.Collector]);
        foreach (ref readonly var entry in batch.Events)
        {
            text.Add((byte)entry.Kind).Add(Hash(entry.IdHash));
            Field(text, batch[entry.Id]);
            Field(text, batch[entry.Name]);
            Field(text, batch[entry.Schema]);
            Field(text, batch[entry.Payload]);
            Time(text, entry.OccurredAt);
            Time(text, entry.SentAt);
            Time(text, entry.TrueAt);
            Time(text, entry.ReceivedAt);
            Field(text, batch[entry.Collector]);
            foreach (ref readonly var check in batch.Checks.Slice(entry.FirstCheck, entry.CheckCount))
            {
                Field(text, batch[check.Schema]);
                Field(text, batch[check.Instance]);
                Field(text, Encoding.UTF8.GetBytes(check.Where));
            }
            text.Add((byte)';');
            foreach (var error in entry.Errors ?? [])
            {
                Field(text, Encoding.UTF8.GetBytes(error.Where));
                Field(text, Encoding.UTF8.GetBytes(error.Rule));
                Field(text, Encoding.UTF8.GetBytes(error.Found));
            }
            text.Add((byte)';');
        }
        return text.ToArray();
    }

    private void Batch()
    {
        var version = _input[_at++];
        Require(version is 1 or 2);
        _bytes = Take(Number());
        Field(_text, Slice());
        for (var events = Number(); events > 0; events--)
            Event(version);
    }

    private void Event(byte version)
    {
        var flags = _input[_at++];
        var kind = flags & 3;
        Require((flags < 0x80 || version == 2) && kind < 3);
        _text.Add((byte)kind).Add(Take(16));
        var id = Slice();
        Require(id.Length > 0);
        Field(_text, id);
        for (var slices = 0; slices < 3; slices++)
            Field(_text, Slice());
        for (var bit = 4; bit <= 16; bit <<= 1)
            Time(_text, (flags & bit) != 0 ? Zigzag(Varint()) : EventEntry.NoTime);
        var hasFirstReceipt = flags >= 0x80;
        Time(_text, hasFirstReceipt ? Zigzag(Varint()) : EventEntry.NoTime);
        Field(_text, hasFirstReceipt ? Slice() : []);
        for (var checks = (flags & 32) != 0 ? Number() : 0; checks > 0; checks--)
        {
            Field(_text, Slice());
            Field(_text, Slice());
            Field(_text, Text());
        }
        _text.Add((byte)';');
        var errors = (flags & 64) != 0 ? Number() : 0;
        Require(kind == 0 || errors > 0);
        for (; errors > 0; errors--)
        {
            for (var texts = 0; texts < 3; texts++)
                Field(_text, Text());
        }
        _text.Add((byte)';');
    }

    private byte[] Slice()
    {
        var length = Number();
        return length == 0 ? [] : _bytes.AsSpan((int)Number(), (int)length).ToArray();
    }

    private byte[] Text()
    {
        var text = Take(Number());
        Require(Utf8.IsValid(text));
        return text;
    }

    private byte[] Take(long count)
    {
        var taken = _input.AsSpan(_at, checked((int)count)).ToArray();
        _at += taken.Length;
        return taken;
    }

    private long Number()
    {
        var number = Varint();
        Require(number <= int.MaxValue);
        return (long)number;
    }

    private ulong Varint()
    {
        UInt128 value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var part = _input[_at++];
            value |= (UInt128)(part & 0x7Fu) << shift;
            if (part >= 0x80)
                continue;
            Require(value <= ulong.MaxValue);
            return (ulong)value;
        }
        throw new InvalidDataException();
    }

    private static long Zigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    private static byte[] Hash(UInt128 hash)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, hash);
        return bytes;
    }

    private static void Field(ByteText text, ReadOnlySpan<byte> value)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, value.Length);
        text.Add(length).Add(value);
    }

    private static void Time(ByteText text, long time)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, time);
        text.Add(bytes);
    }

    private static void Require(bool holds)
    {
        if (!holds)
            throw new InvalidDataException();
    }
}
