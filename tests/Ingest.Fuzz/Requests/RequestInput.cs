using System.Globalization;
using System.Text;

namespace Ingest.Fuzz;

/// <summary>How the body of a request ends.</summary>
internal enum BodyEnd
{
    /// <summary>As it should.</summary>
    Whole,

    /// <summary>With broken chunking, or before what was announced: the server's layer answers 400.</summary>
    Broken,

    /// <summary>Too slow for the server's layer: 408.</summary>
    Slow,

    /// <summary>The client goes away.</summary>
    Reset,
}

/// <summary>
/// A request as an input: an HTTP/1.1 message as it stands on the wire, so that a failing one can be read and edited. Two
/// headers are not sent, but say how the body arrives: <c>Fuzz-Piece: 7</c> (in pieces of so many bytes) and
/// <c>Fuzz-End</c> (a <see cref="BodyEnd"/>).
/// </summary>
internal sealed record RequestInput
{
    public required string Method { get; init; }

    public required string Path { get; init; }

    /// <summary>The query without its question mark; null where there is none.</summary>
    public string? Query { get; init; }

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public byte[] Body { get; init; } = [];

    /// <summary>Bytes of the body that arrive at once; 0 for all.</summary>
    public int Piece { get; init; }

    public BodyEnd End { get; init; }

    /// <summary>Value of a header; null where it is absent.</summary>
    public string? Header(string name) =>
        Headers.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Reads a message; null where the server's own layer would refuse it.</summary>
    public static RequestInput? Read(ReadOnlySpan<byte> message)
    {
        var end = message.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return null;
        var lines = Encoding.Latin1.GetString(message[..end]).Split("\r\n");
        var parts = lines[0].Split(' ');
        if (parts is not [{ Length: > 0 } method, ['/', ..] target, "HTTP/1.1"] || !IsToken(method) || !IsTarget(target))
            return null;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var request = new RequestInput
        {
            Method = method,
            Path = question < 0 ? target : target[..question],
            Query = question < 0 ? null : target[(question + 1)..],
            Body = message[(end + 4)..].ToArray(),
        };
        var headers = new List<(string, string)>();
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !IsToken(line[..colon]) || line.AsSpan().ContainsAny('\0', '\r', '\n'))
                return null;
            var value = line[(colon + 1)..].Trim(' ', '\t');
            if (line[..colon] is "Fuzz-Piece")
                request = request with { Piece = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var piece) ? piece : 0 };
            else if (line[..colon] is "Fuzz-End")
                request = request with { End = Enum.TryParse<BodyEnd>(value, out var how) && Enum.IsDefined(how) ? how : BodyEnd.Whole };
            else
                headers.Add((line[..colon], value));
        }
        return (request with { Headers = headers }).AsAnnounced();
    }

    public byte[] ToBytes()
    {
        var head = new StringBuilder().Append(Method).Append(' ').Append(Path);
        if (Query is not null)
            head.Append('?').Append(Query);
        head.Append(" HTTP/1.1\r\n");
        foreach (var (name, value) in Headers)
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        if (Piece > 0)
            head.Append(CultureInfo.InvariantCulture, $"Fuzz-Piece: {Piece}\r\n");
        if (End != BodyEnd.Whole)
            head.Append(CultureInfo.InvariantCulture, $"Fuzz-End: {End}\r\n");
        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. Body];
    }

    /// <summary>What the server's layer makes of a Content-Length: a body of that length, or one that ends too early.</summary>
    private RequestInput? AsAnnounced()
    {
        if (Header("Content-Length") is not { } text)
            return this;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            return null;
        return length > Body.Length
            ? this with { End = End == BodyEnd.Whole ? BodyEnd.Broken : End }
            : this with { Body = Body[..(int)length] };
    }

    private static bool IsToken(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));

    private static bool IsTarget(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.Contains('#', StringComparison.Ordinal);
}
