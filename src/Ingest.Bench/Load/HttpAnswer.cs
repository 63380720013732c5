using System.Buffers.Text;

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
        var at = head.IndexOf("\r\nContent-Length: "u8);
        if (at < 0 || !Utf8Parser.TryParse(head[(at + "\r\nContent-Length: "u8.Length)..], out int length, out _))
            throw new IOException("The server answered without a Content-Length.");
        closes = head.IndexOf("\r\nConnection: close"u8) >= 0;
        return answer.Length >= end + 4 + length;
    }
}
