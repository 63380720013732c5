using System.Collections.Specialized;
using System.Text.Json;

namespace Ingest.TestKit;

/// <summary>Compares events of the Snowplow protocol: a flat object of strings, to which the tracker adds the time of sending.</summary>
public static class SnowplowPayload
{
    private const string SentTimestamp = "stm";

    /// <summary>How a payload in the lake differs from the one that was sent; null where it does not.</summary>
    public static string? Difference(IReadOnlyDictionary<string, string> sent, LakeLine line)
    {
        var stored = JsonElement.Parse(line.Sent);
        foreach (var (name, value) in sent)
        {
            if (!stored.TryGetProperty(name, out var found) || found.ValueKind != JsonValueKind.String || found.GetString() != value)
                return $"{name} is {(found.ValueKind == JsonValueKind.Undefined ? "missing" : found.GetRawText())}, not {value}";
        }

        var strange = stored.EnumerateObject().Select(p => p.Name).FirstOrDefault(n => n != SentTimestamp && !sent.ContainsKey(n));
        return strange is null ? null : $"{strange} was never sent";
    }

    /// <summary>The fields of an event in the query of a GET.</summary>
    public static Dictionary<string, string> FieldsOf(NameValueCollection query) =>
        query.AllKeys.ToDictionary(name => name!, name => query[name]!, StringComparer.Ordinal);

    /// <summary>The fields of an event as the tracker built it, each as the text in which it is sent.</summary>
    public static Dictionary<string, string> FieldsOf(JsonElement tracked) =>
        tracked.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString(), StringComparer.Ordinal);
}
