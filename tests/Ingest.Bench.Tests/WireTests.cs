using System.Buffers;
using System.Text;

namespace Ingest.Bench.Tests;

/// <summary>Answers come in pieces: every cut must be harmless.</summary>
public sealed class WireTests
{
    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy")]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nserver: some\r\nconnection: close\r\ncontent-length:4\r\n\r\nbusy")]
    public void An_answer_is_read_once_it_is_whole(string text)
    {
        var answer = Encoding.ASCII.GetBytes(text);
        for (var length = 0; length < answer.Length; length++)
            Assert.False(HttpAnswer.TryRead(answer.AsSpan(0, length), out _, out _));
        Assert.True(HttpAnswer.TryRead(answer, out var status, out var closes));
        Assert.Equal((503, true), (status, closes));
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    public void An_answer_of_another_kind_is_an_error(string answer) =>
        Assert.Throws<IOException>(() => HttpAnswer.TryRead(Encoding.ASCII.GetBytes(answer), out _, out _));

    [Fact]
    public void Replies_of_Redis_are_taken_one_by_one()
    {
        var replies = "$3\r\n1-0\r\n-ERR no\r\n$4\r\n10-1\r\n"u8.ToArray();
        for (var cut = 0; cut <= replies.Length; cut++)
        {
            var whole = new ReadOnlySequence<byte>(replies, 0, cut);
            var errors = new List<string?>();
            while (RedisReply.TryRead(ref whole, out var error))
                errors.Add(error);
            Assert.Equal(new string?[] { null, "ERR no", null }[..(cut < 9 ? 0 : cut < 18 ? 1 : cut < replies.Length ? 2 : 3)], errors);
        }
    }

    [Fact]
    public void A_reply_of_another_kind_is_an_error()
    {
        var bytes = new ReadOnlySequence<byte>("$-1\r\n"u8.ToArray());
        Assert.Throws<IOException>(() => RedisReply.TryRead(ref bytes, out _));
    }
}
