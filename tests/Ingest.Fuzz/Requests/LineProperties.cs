using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Fuzz;

/// <summary>
/// Every event that is new has exactly one line, which is JSON for any reader and gives its bytes back; every other one is
/// a duplicate of an earlier one; and the counts say so.
/// </summary>
internal sealed class LineProperties
{
    private const string OneLine = "every event that is new has one line";
    private const string Counts = "counts add up";
    private const string Json = "a line is JSON with the documented fields";
    private const string GivesBack = "a line gives the event back byte for byte";

    private static readonly string[] Head =
        ["event_id", "source", "name", "schema", "occurred_at", "sent_at", "received_at", "derived_at", "collector"];

    private static readonly string[] Good = [.. Head, "payload"];

    private static readonly string[] Quarantined = [.. Head, "errors", "original", "original_base64"];

    private readonly HashSet<(string Source, string Id)> _known = [];

    /// <summary>Checks the lines of one request.</summary>
    /// <param name="events">What was handed over, in order.</param>
    /// <param name="lines">What was stored.</param>
    /// <param name="result">What was said of it.</param>
    /// <param name="signal">Receives what happened.</param>
    public void Check(IReadOnlyList<Offered> events, IReadOnlyList<JournaledLine> lines, in IntakeResult result, ref Signal signal)
    {
        int[] next = [0, 0];
        var duplicates = 0;
        // Sources are offered one after the other; within a source and stream, lines keep the order of the events.
        foreach (var offered in events)
        {
            var id = Text(offered.Id) ?? throw new PropertyException(Json, "an event has no id");
            if (!_known.Add((offered.Source, Canonical(id))))
            {
                duplicates++;
                continue;
            }
            Find(offered, id, lines, next, ref signal);
        }
        var (good, quarantined) = (Of(lines, LakeStream.Good).Count(), Of(lines, LakeStream.Quarantine).Count());
        PropertyException.Require(next[0] == good && next[1] == quarantined, OneLine, "there is a line of no event");
        PropertyException.Require(
            (result.Accepted, result.Quarantined, result.Duplicates) == (good, quarantined, duplicates), Counts,
            $"{result}, but {good} are good, {quarantined} quarantined, {duplicates} duplicates");
        signal.AddSize(good);
        signal.AddSize(duplicates);
    }

    private static void Find(Offered offered, string id, IReadOnlyList<JournaledLine> lines, int[] next, ref Signal signal)
    {
        foreach (var stream in offered.Errors.Count > 0 ? [LakeStream.Quarantine] : new[] { LakeStream.Good, LakeStream.Quarantine })
        {
            if (Of(lines, stream).Skip(next[(int)stream]).FirstOrDefault() is not { } line || line.Source != offered.Source)
                continue;
            using var document = Parse(line);
            if (document.RootElement.GetProperty("event_id").GetString() != id)
                continue;
            next[(int)stream]++;
            CheckHead(offered, document.RootElement, stream);
            if (stream == LakeStream.Good)
                CheckGood(offered, document.RootElement);
            else
                CheckQuarantined(offered, document.RootElement, ref signal);
            ReplayProperties.Check(offered, line, ref signal);
            return;
        }
        throw new PropertyException(OneLine, $"the event {id} of {offered.Source} has none");
    }

    private static IEnumerable<JournaledLine> Of(IReadOnlyList<JournaledLine> lines, LakeStream stream) => lines.Where(line => line.Stream == stream);

    private static JsonDocument Parse(JournaledLine line)
    {
        try
        {
            PropertyException.Require(line.Bytes.AsSpan().IndexOfAny((byte)'\r', (byte)'\n') < 0, Json, "it is more than one line");
            var document = JsonDocument.Parse(line.Bytes);
            ReadEveryText(document.RootElement);
            return document;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new PropertyException(Json, $"{e.Message}: {Encoding.UTF8.GetString(line.Bytes)}");
        }
    }

    private static void CheckHead(Offered offered, JsonElement line, LakeStream stream)
    {
        var names = line.EnumerateObject().Select(member => member.Name);
        PropertyException.Require(names.SequenceEqual(stream == LakeStream.Good ? Good : Quarantined), Json, $"its fields are {string.Join(' ', names)}");
        PropertyException.Require(line.GetProperty("source").GetString() == offered.Source, Json, "it is of another source");
        PropertyException.Require(line.GetProperty("name").GetString() == Text(offered.Name), Json, "it has another name");
        PropertyException.Require(line.GetProperty("schema").GetString() == Text(offered.Schema), Json, "it has another schema");
        PropertyException.Require(line.GetProperty("collector").ValueKind == JsonValueKind.Object, Json, "it has no collector");
        PropertyException.Require(
            line.GetProperty("received_at").TryGetDateTime(out _) && line.GetProperty("derived_at").TryGetDateTime(out _), Json, "it has no times");
    }

    private static void CheckGood(Offered offered, JsonElement line)
    {
        var expected = offered.Payload.ToArray();
        expected.AsSpan().Replace((byte)'\n', (byte)' ');
        expected.AsSpan().Replace((byte)'\r', (byte)' ');
        PropertyException.Require(
            offered.Kind == PayloadKind.Json && JsonMarshal.GetRawUtf8Value(line.GetProperty("payload")).SequenceEqual(expected), GivesBack, "the payload is another");
    }

    private static void CheckQuarantined(Offered offered, JsonElement line, ref Signal signal)
    {
        var (text, binary) = (line.GetProperty("original"), line.GetProperty("original_base64"));
        var original = text.ValueKind == JsonValueKind.String ? Encoding.UTF8.GetBytes(text.GetString()!) : binary.GetBytesFromBase64();
        PropertyException.Require(
            original.AsSpan().SequenceEqual(offered.Payload) && (text.ValueKind == JsonValueKind.Null) != (binary.ValueKind == JsonValueKind.Null),
            GivesBack, "the original is another");
        PropertyException.Require(line.GetProperty("errors").GetArrayLength() > 0, Json, "it has no reason");
        foreach (var error in line.GetProperty("errors").EnumerateArray())
        {
            var (rule, found) = (error.GetProperty("rule").GetString()!, error.GetProperty("found").GetString()!);
            PropertyException.Require(rule.Length > 0 && found.Length is > 0 and <= 400 && error.GetProperty("where").GetString() is not null, Json, "an error says nothing");
            signal.AddMessage(rule);
            signal.AddMessage(found);
        }
    }

    /// <summary>Throws where a text or a name is no text, as readers of the lake would.</summary>
    private static void ReadEveryText(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    ReadEveryText(item);
                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    ReadEveryText(member.Value);
                }
                break;
        }
    }

    /// <summary>Contents of a JSON string as text; null for none.</summary>
    private static string? Text(byte[] contents)
    {
        if (contents.Length == 0)
            return null;
        var reader = new Utf8JsonReader([(byte)'"', .. contents, (byte)'"']);
        reader.Read();
        return reader.GetString();
    }

    /// <summary>A UUID is the same in capitals; every other id is what it is.</summary>
    private static string Canonical(string id) => id.Length == 36 && Guid.TryParseExact(id, "D", out var uuid) ? uuid.ToString() : id;
}
