using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Ingest.Engine.Tests;

/// <summary>Members that hold lines as they are, beside compressed ones: one gzip file, whoever reads it.</summary>
public sealed class GzipMemberTests
{
    private const int TrailerBytes = 8;

    [Fact]
    public void The_crc_is_the_one_of_the_standard()
    {
        // The check value that catalogues of CRCs name.
        Assert.Equal(0xCBF4_3926, Crc32.Of("123456789"u8));
        Assert.Equal(0u, Crc32.Of([]));
    }

    [Fact]
    public void The_crc_is_what_the_framework_writes() => Property.HoldsForHistories(count: 300, length: 2, choices =>
    {
        var bytes = new byte[1 + choices.Next(2_000)];
        choices.Random().NextBytes(bytes);
        var trailer = GzipMember.Compress(bytes).AsSpan()[^TrailerBytes..];
        Assert.Equal(BinaryPrimitives.ReadUInt32LittleEndian(trailer), Crc32.Of(bytes));
    });

    [Fact]
    public void Members_of_both_kinds_are_one_file_and_merge_into_one_member() =>
        Property.HoldsForHistories(count: 300, length: 40, choices =>
        {
            var (members, lines) = (new List<ReadOnlyMemory<byte>>(), new List<byte>());
            do
            {
                var part = LinesOf(choices);
                lines.AddRange(part);
                members.Add(choices.OneIn(3) ? GzipMember.Compress(part) : GzipMember.Store(part));
            }
            while (choices.More);

            Assert.Equal(lines, Decompress([.. members.SelectMany(member => member.ToArray())]));
            var merged = Sync.Result(GzipMember.MergeAsync(members.ToAsyncEnumerable(), lines.Count));
            Assert.Equal(lines, Decompress(merged));
            Assert.Equal(GzipMember.Compress([.. lines]).AsSpan()[^TrailerBytes..], merged.AsSpan()[^TrailerBytes..]);
        });

    /// <summary>By the letter of RFC 1951 and 1952, apart from any reader.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_023)]
    [InlineData(GzipMember.StoredLineBytesMax)]
    public void A_stored_member_has_one_last_stored_block(int length)
    {
        var lines = new byte[length];
        new Random(length).NextBytes(lines);
        var member = GzipMember.Store(lines);
        Assert.Equal([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF], member[..10]);
        Assert.Equal(1, member[10]);
        Assert.Equal(length, BinaryPrimitives.ReadUInt16LittleEndian(member.AsSpan(11)));
        Assert.Equal(0xFFFF - length, BinaryPrimitives.ReadUInt16LittleEndian(member.AsSpan(13)));
        Assert.Equal(lines, member[15..^TrailerBytes]);
        Assert.Equal((uint)length, BinaryPrimitives.ReadUInt32LittleEndian(member.AsSpan()[^4..]));
        Assert.Equal(lines, Decompress(member));
    }

    [Fact]
    public void More_than_a_stored_block_takes_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => GzipMember.Store(new byte[GzipMember.StoredLineBytesMax + 1]));

    [Fact]
    public void A_wrong_bit_behind_the_head_of_a_stored_member_is_found()
    {
        var lines = "{\"event_id\":\"a\"}\n"u8.ToArray();
        var member = GzipMember.Store(lines);
        for (var bit = 10 * 8; bit < member.Length * 8; bit++)
        {
            // The rest of the byte that begins the block is padding.
            if (bit is >= 83 and < 88)
                continue;
            var damaged = (byte[])member.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.ThrowsAny<Exception>(() => Sync.Result(GzipMember.MergeAsync(new[] { new ReadOnlyMemory<byte>(damaged) }.ToAsyncEnumerable(), lines.Length)));
        }
    }

    private static byte[] LinesOf(Choices choices)
    {
        var text = new StringBuilder();
        for (var line = choices.Next(4); line >= 0; line--)
            text.Append(choices.Next(1_000)).Append('x', choices.Next(300)).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] Decompress(byte[] members)
    {
        using var gzip = new GZipStream(new MemoryStream(members), CompressionMode.Decompress);
        using var lines = new MemoryStream();
        gzip.CopyTo(lines);
        return lines.ToArray();
    }
}
