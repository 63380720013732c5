using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Ingest.Bench;

/// <summary>Reads the replies that Redis gives to XADD: the entry's id, as a bulk string, or an error.</summary>
internal static class RedisReply
{
    /// <summary>Takes one reply from the start of what came.</summary>
    /// <param name="bytes">What came; without the reply afterwards.</param>
    /// <param name="error">What Redis complains of; null where it does not.</param>
    /// <returns>False while some of it is missing.</returns>
    /// <exception cref="IOException">It is no such reply.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> bytes, out string? error)
    {
        error = null;
        var reader = new SequenceReader<byte>(bytes);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> line, "\r\n"u8))
            return false;
        var text = line.ToArray();
        switch (text)
        {
            case [(byte)'-', ..]:
                error = Encoding.UTF8.GetString(text.AsSpan(1));
                break;
            case [(byte)'$', ..] when Utf8Parser.TryParse(text.AsSpan(1), out int length, out _) && length >= 0:
                if (reader.Remaining < length + 2)
                    return false;
                reader.Advance(length + 2);
                break;
            default:
                throw new IOException($"Redis replied what XADD does not: {Encoding.UTF8.GetString(text)}");
        }

        bytes = bytes.Slice(reader.Position);
        return true;
    }
}
