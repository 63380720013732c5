using System.Text;
using System.Text.Json;

namespace Ingest.Engine.Tests;

/// <summary>
/// A line of the lake, read as docs/lake-format.md describes it: no other field, none missing, in this order.
/// </summary>
internal sealed record LakeLine(string Id, Instant Received, string? Payload, IReadOnlyList<string> Rules, byte[] Original)
{
    private static readonly string[] Head =
        ["event_id", "source", "name", "schema", "occurred_at", "sent_at", "received_at", "derived_at", "collector"];

    public static LakeLine Parse(string line, LakeStream stream)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        string[] tail = stream == LakeStream.Good ? ["payload"] : ["errors", "original", "original_base64"];
        AssertFields([.. Head, .. tail], root);
        Assert.Equal("web", root.GetProperty("source").GetString());
        AssertIsNullOr(JsonValueKind.String, root, "name", "schema");
        AssertIsNullOr(JsonValueKind.Object, root, "collector");
        foreach (var name in (string[])["occurred_at", "sent_at", "received_at", "derived_at"])
        {
            var isOptional = name is "occurred_at" or "sent_at";
            if (!isOptional || root.GetProperty(name).ValueKind != JsonValueKind.Null)
                TimeOf(root, name);
        }

        var id = root.GetProperty("event_id").GetString()!;
        var received = TimeOf(root, "received_at");
        if (stream == LakeStream.Good)
            return new LakeLine(id, received, root.GetProperty("payload").GetRawText(), [], []);

        var errors = root.GetProperty("errors").EnumerateArray().ToList();
        Assert.NotEmpty(errors);
        Assert.All(errors, error => AssertFields(["where", "rule", "found"], error));
        var rules = errors.Select(error => error.GetProperty("rule").GetString()!).ToList();
        var text = root.GetProperty("original").GetString();
        var base64 = root.GetProperty("original_base64").GetString();
        Assert.True(text is null != base64 is null, "exactly one form of the original");
        return new LakeLine(
            id, received, null, rules, text is null ? Convert.FromBase64String(base64!) : Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Fails unless the line says all of the event and nothing else.</summary>
    public void AssertIsOf(TestEvent sent)
    {
        Assert.Equal(sent.Id, Id);
        Assert.Equal(sent.Rules, Rules, StringComparer.Ordinal);
        if (sent.Stream == LakeStream.Good)
            Assert.Equal(Encoding.UTF8.GetString(sent.Original).Replace('\n', ' ').Replace('\r', ' '), Payload);
        else
            Assert.Equal(sent.Original, Original);
    }

    private static void AssertFields(IEnumerable<string> names, JsonElement element) =>
        Assert.Equal(names, element.EnumerateObject().Select(field => field.Name), StringComparer.Ordinal);

    private static void AssertIsNullOr(JsonValueKind kind, JsonElement root, params string[] names) =>
        Assert.All(names, name => Assert.Contains(root.GetProperty(name).ValueKind, (JsonValueKind[])[JsonValueKind.Null, kind]));

    private static Instant TimeOf(JsonElement root, string name)
    {
        var text = root.GetProperty(name).GetString()!;
        var time = Instant.From(root.GetProperty(name).GetDateTimeOffset());
        Assert.Equal(time.ToString(), text);
        return time;
    }
}
