using System.Buffers.Text;
using System.Text;

namespace Ingest.Bench;

/// <summary>Reads the little of an HTTP answer that a load generator must know.</summary>
internal static class HttpAnswer
{
    /// <summary>Reads a whole answer with a Content-Length.</summary>
    /// <param name="answer">What came so far.</param>
    /// <param name="status">Its status code.</param>
    /// <param name="closes">True where the server closes the connection after it.</param>
    /// <returns>False while some of it is missing.</returns>
    /// <exception cref="IOException">It is no such answer.</exception>
    public static bool TryRead(ReadOnlySpan<byte> answer, out int status, out bool closes)
    {
        (status, closes) = (0, false);
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        var head = answer[..end];
        if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head["HTTP/1.1 "u8.Length..], out status, out _))
            throw new IOException("The server did not answer in HTTP/1.1.");
        if (!TryFind(head, "Content-Length"u8, out var value) || !Utf8Parser.TryParse(value, out int length, out _))
            throw new IOException("The server answered without a Content-Length.");
        closes = TryFind(head, "Connection"u8, out value) && Ascii.EqualsIgnoreCase(value, "close"u8);
        return answer.Length >= end + 4 + length;
    }

    /// <summary>Finds a header; case matters to no server.</summary>
    private static bool TryFind(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var range in head.Split("\r\n"u8))
        {
            var line = head[range];
            if (line.Length > name.Length && line[name.Length] == ':' && Ascii.EqualsIgnoreCase(line[..name.Length], name))
            {
                value = line[(name.Length + 1)..].Trim((byte)' ');
                return true;
            }
        }

        value = default;
        return false;
    }
}
