using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Ingest.Engine;
using static Ingest.Fuzz.BodyProperties;

namespace Ingest.Fuzz;

/// <summary>
/// Events of plain JSON lie in the body, in order and apart, and nothing but separators is between them. Where the body is
/// valid JSON, or each of its lines is, they are just its items.
/// </summary>
internal static class PlainJsonProperties
{
    private const int DepthMax = 1_024;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = DepthMax };

    public static void Check(RequestInput request, in ReferenceBody body, IReadOnlyList<Offered> events)
    {
        if (body.IsProblem)
        {
            PropertyException.Require(
                events is [var whole] && whole.Payload.AsSpan().SequenceEqual(body.Bytes), NothingLost, "a body that cannot be read is not kept whole");
            return;
        }
        CheckGaps(body, events);
        CheckItems(body, events);
        var name = request.Path.EndsWith("/blog", StringComparison.Ordinal) ? "id" : "event_id";
        foreach (var offered in events)
            CheckId(offered, name);
    }

    private static void CheckGaps(in ReferenceBody body, IReadOnlyList<Offered> events)
    {
        var isArray = body.Text is [(byte)'[', ..];
        var at = body.Bytes.Length - body.Text.Length;
        var end = body.Bytes.Length;
        for (var i = 0; i <= events.Count; i++)
        {
            var payload = i < events.Count ? events[i].Entry.Payload : new Slice(end, 0);
            PropertyException.Require(
                payload.Offset >= at && payload.Offset + payload.Length <= end, NothingLost, $"event {i} lies over another, or outside the body");
            PropertyException.Require(
                i == events.Count || events[i].Payload.AsSpan().SequenceEqual(body.Bytes.AsSpan(payload.Offset, payload.Length)),
                NothingLost, $"event {i} is not what stands in the body");
            var gap = body.Bytes.AsSpan(at..payload.Offset).Trim(" \t\r\n"u8);
            PropertyException.Require(
                gap.IsEmpty || (isArray && IsPunctuation(gap, isFirst: i == 0, isLast: i >= events.Count - 1)),
                NothingLost, $"before event {i} of {events.Count}: {Encoding.UTF8.GetString(gap)}");
            at = payload.Offset + payload.Length;
        }
    }

    /// <summary>The bracket before the first item, a comma, the bracket after the last one, which bytes may follow.</summary>
    private static bool IsPunctuation(ReadOnlySpan<byte> gap, bool isFirst, bool isLast)
    {
        if (isFirst && gap[0] != '[')
            return false;
        if (isFirst)
            gap = gap[1..].TrimStart(" \t\r\n"u8);
        if (gap is [(byte)',', ..])
            gap = gap[1..].TrimStart(" \t\r\n"u8);
        return gap.IsEmpty || (gap is [(byte)']'] && (isFirst || isLast));
    }

    private static void CheckItems(in ReferenceBody body, IReadOnlyList<Offered> events)
    {
        if (TryItems(body.Text) is { } items)
            CheckItems(items, events);
        else if (body.Bytes.Contains((byte)'\n') && TryLines(body.Text) is { } lines)
            CheckItems(lines, events);
    }

    private static void CheckItems(List<byte[]> items, IReadOnlyList<Offered> events)
    {
        PropertyException.Require(items.Count == events.Count, ReadAsItIs, $"{events.Count} events of {items.Count} items");
        for (var i = 0; i < items.Count; i++)
            PropertyException.Require(items[i].AsSpan().SequenceEqual(events[i].Payload), ReadAsItIs, $"item {i} is another event");
    }

    /// <summary>The items of an array, or the one value; null where the text is no single JSON value.</summary>
    private static List<byte[]>? TryItems(ReadOnlySpan<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text.ToArray(), Options);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray().Select(Raw)] : [Raw(root)];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The lines; null where one of them is no JSON object.</summary>
    private static List<byte[]>? TryLines(ReadOnlySpan<byte> text)
    {
        var found = new List<byte[]>();
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range].Trim(" \t\r"u8);
            if (line.IsEmpty)
                continue;
            if (line[0] != '{' || TryItems(line) is not { } items)
                return null;
            found.AddRange(items);
        }
        return found;
    }

    /// <summary>An id that can be one is taken as it was sent: another would make the event another's duplicate.</summary>
    private static void CheckId(Offered offered, string name)
    {
        if (offered.Kind != PayloadKind.Json)
            return;
        using var document = JsonDocument.Parse(offered.Payload);
        try
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty(name, out var sent) || sent.ValueKind != JsonValueKind.String)
                return;
            var text = sent.GetString()!;
            if (text.Length == 0 || Encoding.UTF8.GetByteCount(text) > 1_024)
                return;
            var taken = JsonSerializer.Deserialize<string>((byte[])[(byte)'"', .. offered.Id, (byte)'"']);
            PropertyException.Require(taken == text, ReadAsItIs, $"the id {text} is taken as {taken}");
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is no id, and hides a name.
        }
    }

    private static byte[] Raw(JsonElement element) => JsonMarshal.GetRawUtf8Value(element).ToArray();
}
