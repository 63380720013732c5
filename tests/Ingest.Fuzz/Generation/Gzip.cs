using System.IO.Compression;

namespace Ingest.Fuzz;

/// <summary>Compresses in every way that RFC 1952 allows, and in some that it does not.</summary>
internal static class Gzip
{
    private static readonly CompressionLevel[] Levels =
        [CompressionLevel.Fastest, CompressionLevel.Optimal, CompressionLevel.SmallestSize, CompressionLevel.NoCompression];

    /// <summary>One member or several, with headers of every form; sometimes broken.</summary>
    public static byte[] Compress(Chance chance, ReadOnlySpan<byte> plain)
    {
        var text = new ByteText();
        for (var members = chance.OneIn(3) ? chance.Skewed(6) : 0; members > 0; members--)
        {
            var length = chance.Skewed(plain.Length);
            AddMember(chance, text, plain[..length]);
            plain = plain[length..];
        }
        AddMember(chance, text, plain);
        var whole = text.ToArray();
        return chance.Next(24) switch
        {
            0 => whole[..chance.Next(whole.Length)],
            1 => [.. whole, .. new byte[chance.Skewed(30)]],
            2 => [.. whole, chance.Byte()],
            3 => [.. whole, 0x1f, 0x8b],
            4 => Flip(chance, whole),
            _ => whole,
        };
    }

    /// <summary>A lot of one byte: a thousand times smaller than what comes out.</summary>
    public static byte[] Bomb(int length, byte value)
    {
        var plain = new byte[length];
        plain.AsSpan().Fill(value);
        return Member(plain, CompressionLevel.Fastest);
    }

    public static byte[] Member(ReadOnlySpan<byte> plain, CompressionLevel level)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, level, leaveOpen: true))
            gzip.Write(plain);
        // The framework writes nothing at all for nothing.
        return stream.Length > 0 ? stream.ToArray() : Convert.FromHexString("1F8B080000000000000303000000000000000000");
    }

    private static void AddMember(Chance chance, ByteText text, ReadOnlySpan<byte> plain)
    {
        var member = Member(plain, chance.OfList(Levels));
        if (!chance.OneIn(4))
        {
            text.Add(member);
            return;
        }
        // FTEXT 1, FHCRC 2, FEXTRA 4, FNAME 8, FCOMMENT 16; the others are reserved.
        var flags = (byte)(chance.OneIn(10) ? chance.Next(256) : chance.Next(32));
        var header = new ByteText().Add([0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 3]);
        if ((flags & 4) != 0)
        {
            var field = new byte[chance.Skewed(300)];
            header.Add([(byte)field.Length, (byte)(field.Length >> 8)]).Add(field);
        }
        for (var texts = System.Numerics.BitOperations.PopCount((uint)flags & 24); texts > 0; texts--)
            header.Add("a name"u8).Add(0);
        if ((flags & 2) != 0)
        {
            var sum = Crc32.Of(header.Written);
            header.Add([(byte)sum, (byte)(sum >> 8)]);
        }
        text.Add(header.Written).Add(member.AsSpan(10));
    }

    private static byte[] Flip(Chance chance, byte[] bytes)
    {
        bytes[chance.Next(bytes.Length)] ^= (byte)(1 << chance.Next(8));
        return bytes;
    }
}
