using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>What a reader finds in a block or an object.</summary>
internal static class StoredLines
{
    /// <summary>The text of gzip members.</summary>
    public static string Decompress(ReadOnlySpan<byte> members)
    {
        using var source = new MemoryStream(members.ToArray(), writable: false);
        using var gzip = new GZipStream(source, CompressionMode.Decompress);
        using var text = new MemoryStream();
        gzip.CopyTo(text);
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    /// <summary>The lines of a text.</summary>
    public static IReadOnlyList<StoredLine> Parse(string text) =>
        [.. text[..^1].Split('\n').Select(line => StoredLine.Parse(line))];
}

/// <summary>A line as a reader finds it.</summary>
/// <param name="Event">The event that its id names.</param>
/// <param name="Received">Its time of receipt.</param>
/// <param name="Original">The event as the line has it.</param>
internal sealed record StoredLine(SimEvent Event, Instant Received, byte[] Original)
{
    public static StoredLine Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        var sent = SimEvent.Parse(root.GetProperty("source").GetString()!, root.GetProperty("event_id").GetString()!);
        var received = Instant.From(root.GetProperty("received_at").GetDateTimeOffset());
        if (root.TryGetProperty("payload", out var payload))
            return new StoredLine(sent, received, Encoding.UTF8.GetBytes(payload.GetRawText()));
        var text = root.GetProperty("original").GetString();
        return new StoredLine(
            sent,
            received,
            text is null ? root.GetProperty("original_base64").GetBytesFromBase64() : Encoding.UTF8.GetBytes(text));
    }
}
