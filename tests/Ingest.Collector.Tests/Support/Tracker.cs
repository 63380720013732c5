using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Ingest.Collector.Tests;

/// <summary>Requests as trackers make them.</summary>
internal static class Tracker
{
    public const string Path = "/com.snowplowanalytics.snowplow/tp2";
    public const string PayloadSchema = "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4";

    public static string Payload(params string[] items) =>
        $$"""{"schema":"{{PayloadSchema}}","data":[{{string.Join(',', items)}}]}""";

    /// <summary>An item with what every event needs, and more.</summary>
    public static string Item(params (string Name, string Value)[] more)
    {
        var members = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["tv"] = "js-4.0.0",
            ["p"] = "web",
            ["e"] = "pv",
        };
        foreach (var (name, value) in more)
            members[name] = value;
        return JsonSerializer.Serialize(members);
    }

    /// <summary>An event id by number.</summary>
    public static string Id(int number) => $"00000000-0000-4000-8000-{number:x12}";

    public static string SelfDescribing(string schema, string data) => $$"""{"schema":"{{schema}}","data":{{data}}}""";

    public static string Event(string inner) =>
        SelfDescribing("iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0", inner);

    public static string Contexts(params string[] inner) =>
        SelfDescribing("iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1", $"[{string.Join(',', inner)}]");

    public static string Base64(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    public static async Task<HttpResponseMessage> PostAsync(
        this HttpClient client, string body, string path = Path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request);
    }

    public static async Task<HttpResponseMessage> SendAsync(
        this HttpClient client, HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request);
    }
}
