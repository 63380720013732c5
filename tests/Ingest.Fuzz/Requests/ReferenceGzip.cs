using System.Buffers.Binary;

namespace Ingest.Fuzz;

/// <summary>How bytes read as gzip.</summary>
internal enum GzipVerdict
{
    /// <summary>One or more members, each whole, and nothing else.</summary>
    Whole,

    /// <summary>Anything else.</summary>
    Broken,

    /// <summary>More comes out than allowed.</summary>
    TooLarge,
}

/// <summary>Reads gzip (RFC 1952) by the letter: what the collector makes of a body is held against it.</summary>
internal static class ReferenceGzip
{
    private const int HeaderLength = 10;
    private const int TrailerLength = 8;

    public static GzipVerdict Decode(ReadOnlySpan<byte> bytes, int most, out byte[] plain)
    {
        var output = new ByteText();
        var verdict = GzipVerdict.Whole;
        try
        {
            do
            {
                bytes = bytes[Member(bytes, output, most)..];
            }
            while (!bytes.IsEmpty);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentOutOfRangeException)
        {
            verdict = GzipVerdict.Broken;
        }
        catch (OverflowException)
        {
            verdict = GzipVerdict.TooLarge;
        }
        plain = output.ToArray();
        return verdict;
    }

    /// <summary>Reads a member; what is missing shows as an argument out of range.</summary>
    private static int Member(ReadOnlySpan<byte> bytes, ByteText output, int most)
    {
        var start = output.Length;
        var at = Header(bytes);
        var data = new Inflate(bytes[at..], output, most);
        data.Run();
        at += data.Position;
        var trailer = bytes.Slice(at, TrailerLength);
        var plain = output.Written[start..];
        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer) != Crc32.Of(plain)
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) != (uint)plain.Length)
            throw new InvalidDataException("checksum or length");
        return at + TrailerLength;
    }

    private static int Header(ReadOnlySpan<byte> bytes)
    {
        var header = bytes[..HeaderLength];
        var flags = header[3];
        if (header[0] != 0x1f || header[1] != 0x8b || header[2] != 8 || flags >= 32)
            throw new InvalidDataException("header");
        var at = HeaderLength;
        if ((flags & 4) != 0)
            at += 2 + BinaryPrimitives.ReadUInt16LittleEndian(bytes.Slice(at, 2));
        for (var texts = (flags >> 3 & 1) + (flags >> 4 & 1); texts > 0; texts--)
        {
            var length = bytes[at..].IndexOf((byte)0);
            if (length < 0)
                throw new InvalidDataException("a text without end");
            at += length + 1;
        }
        if ((flags & 2) == 0)
            return at;
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes.Slice(at, 2)) == (ushort)Crc32.Of(bytes[..at])
            ? at + 2
            : throw new InvalidDataException("checksum of the header");
    }
}
