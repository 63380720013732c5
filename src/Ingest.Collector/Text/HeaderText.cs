using System.Text;
using System.Text.Unicode;

namespace Ingest.Collector;

/// <summary>
/// Header values as UTF-8. Kestrel is told to hand headers over as Latin-1, one character a byte: it would answer 400
/// to a user agent that is not UTF-8, and the event behind it would be lost.
/// </summary>
public static class HeaderText
{
    /// <summary>Most bytes kept of a header value in an event. The longest real user agents have about 500.</summary>
    public const int LengthMax = 1024;

    /// <summary>Writes the value's first bytes as UTF-8: its own bytes where they are UTF-8, else read as Latin-1.</summary>
    /// <param name="value">The value as Kestrel hands it over; other text is written as UTF-8.</param>
    /// <param name="destination">At most this many bytes are written; no character is cut.</param>
    /// <returns>Bytes written.</returns>
    public static int ToUtf8(string value, Span<byte> destination)
    {
        if (Ascii.IsValid(value))
            return Truncated(value, destination);
        var bytes = Encoding.Latin1.GetBytes(value);
        if (!Utf8.IsValid(bytes) || value.AsSpan().ContainsAnyExceptInRange('\0', '\u00ff'))
            return Truncated(value, destination);
        return Truncated(Encoding.UTF8.GetString(bytes), destination);
    }

    private static int Truncated(string value, Span<byte> destination)
    {
        Utf8.FromUtf16(value, destination, out _, out var written, replaceInvalidSequences: true);
        return written;
    }
}
