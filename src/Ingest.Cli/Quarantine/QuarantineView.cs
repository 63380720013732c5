using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>An event of the quarantine for people.</summary>
internal static class QuarantineView
{
    /// <summary>Characters of an original that are shown; the whole is in the line (<c>--json</c>).</summary>
    private const int OriginalCharsMax = 4_000;

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="found">The event.</param>
    /// <param name="replay">What became of its last replay; null where it was never replayed.</param>
    public static void Print(in QuarantinedEvent found, ReplayRecord? replay)
    {
        using var batch = new EventBatch(found.Line.Length);
        var stored = StoredLine.Read(found.Line.Span, batch);
        Console.WriteLine($"event     {Terminal.Text(found.Id)}");
        Console.WriteLine($"source    {found.Object.Source}, received {new Instant(stored.ReceivedAt)} by {Terminal.Text(stored.Protocol ?? "an unknown protocol")}");
        Console.WriteLine($"object    {found.Object.Key}, line {found.Number}");
        foreach (var error in found.Errors)
            PrintReason(error);
        if (replay is not null)
            Console.WriteLine($"replayed  {replay.ReplayedAt}: {(replay.Outcome == ReplayOutcome.Quarantined ? "invalid still, for" : "good")}");
        foreach (var error in replay?.Errors ?? [])
            PrintReason(error);
        Console.WriteLine("original  " + Original(batch[stored.Original]).Replace("\n", "\n          ", StringComparison.Ordinal));
        Console.WriteLine();
    }

    private static void PrintReason(EventError error)
    {
        var where = error.Where.Length == 0 ? "the event" : error.Where;
        Console.WriteLine(Terminal.Text($"reason    {error.Rule}: at {where}: {error.Found}"));
    }

    private static string Original(ReadOnlySpan<byte> bytes)
    {
        var text = Utf8.IsValid(bytes) ? TextOf(bytes) : $"{bytes.Length} bytes that are not UTF-8: {Convert.ToHexString(bytes[..Math.Min(bytes.Length, 100)])}";
        return text.Length > OriginalCharsMax ? $"{text[..OriginalCharsMax]} …" : text;
    }

    private static string TextOf(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8);
            using var json = JsonDocument.ParseValue(ref reader);
            if (reader.BytesConsumed == utf8.Length)
                return Terminal.Text(JsonSerializer.Serialize(json.RootElement, Indented), keepsLines: true);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or text that is none: shown as it came.
        }

        return Terminal.Text(Encoding.UTF8.GetString(utf8), keepsLines: true);
    }
}
