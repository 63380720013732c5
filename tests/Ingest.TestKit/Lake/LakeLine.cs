using System.Text;
using System.Text.Json;

namespace Ingest.TestKit;

/// <summary>One line of the lake, as any reader sees it.</summary>
/// <param name="Key">The object that holds it.</param>
/// <param name="Stream"><c>good</c> or <c>quarantine</c>.</param>
/// <param name="Json">The line.</param>
public sealed record LakeLine(string Key, string Stream, JsonElement Json)
{
    public string EventId => Json.GetProperty("event_id").GetString()!;

    public string Source => Json.GetProperty("source").GetString()!;

    public DateTimeOffset ReceivedAt => Json.GetProperty("received_at").GetDateTimeOffset();

    /// <summary>True where it came out of the quarantine.</summary>
    public bool IsReplayed => Json.TryGetProperty("collector", out var collector)
        && collector.ValueKind == JsonValueKind.Object && collector.TryGetProperty("replayed_at", out _);

    /// <summary>True where another region took it, and relayed it.</summary>
    public bool IsRelayed => Json.TryGetProperty("collector", out var collector)
        && collector.ValueKind == JsonValueKind.Object && collector.TryGetProperty("relayed", out _);

    /// <summary>The event as sent: the payload of a good line, byte for byte; the original bytes of a quarantined one, as text.</summary>
    public string Sent
    {
        get
        {
            if (Stream == "good")
                return Json.GetProperty("payload").GetRawText();
            return Json.GetProperty("original").GetString()
                ?? Encoding.Latin1.GetString(Json.GetProperty("original_base64").GetBytesFromBase64());
        }
    }

    /// <summary>The rules that a quarantined event breaks; empty in the stream <c>good</c>.</summary>
    public IReadOnlyList<string> Rules => Json.TryGetProperty("errors", out var errors)
        ? [.. errors.EnumerateArray().Select(error => error.GetProperty("rule").GetString()!)]
        : [];
}
