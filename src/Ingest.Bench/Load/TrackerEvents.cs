using System.Globalization;
using System.Text.Json;

namespace Ingest.Bench;

/// <summary>Page views as Snowplow trackers post them: flat parameters, and two contexts in <c>co</c>, with their schemas.</summary>
internal static class TrackerEvents
{
    public const string EnvelopeStart = """{"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":[""";
    public const string EnvelopeEnd = "]}";

    private const string PageSchema = "com.example/page/jsonschema/1-0-0";
    private const string TimingSchema = "com.example/timing/jsonschema/1-0-0";

    private static readonly string[] Pages = ["", "pricing", "docs/start", "blog/exactly-once", "cart", "checkout/address", "account/settings", "search"];
    private static readonly string[] Words = ["autumn", "boots", "cotton", "dress", "evening", "felt", "gloves", "hat", "indigo", "jacket", "knitted", "linen"];

    public static EventPool Pool { get; } = new(Make);

    /// <summary>The schemas of the contexts, by path.</summary>
    public static IReadOnlyDictionary<string, string> Schemas { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [PageSchema] = """{ "type": "object", "properties": { "id": { "type": "string", "format": "uuid" }, "product": { "type": "integer" } }, "required": ["id"], "additionalProperties": false }""",
        [TimingSchema] = """{ "type": "object", "properties": { "start": { "type": "integer" }, "dns": { "type": "integer" }, "connect": { "type": "integer" }, "response": { "type": "integer" }, "load": { "type": "integer" } }, "required": ["start", "load"], "additionalProperties": false }""",
    };

    private static string Make(Random random, DateTime time)
    {
        var visitor = Visitor.Pick(random);
        var milliseconds = new DateTimeOffset(time).ToUnixTimeMilliseconds();
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"e":"pv","eid":"{{EventPool.IdPlace}}","tv":"js-3.24.6","tna":"sp","aid":"shop","p":"web","cookie":"1","cs":"UTF-8","lang":"{{visitor.Language}}","tz":"Europe/Berlin","res":"{{visitor.Width}}x{{visitor.Height}}","vp":"{{visitor.Width}}x{{visitor.Height - 80}}","ds":"{{visitor.Width}}x{{random.Next(480, 9000)}}","vid":"{{visitor.Visit}}","sid":"{{visitor.Session}}","duid":"{{visitor.Device}}","dtm":"{{milliseconds}}","stm":"{{milliseconds + random.Next(2000)}}","url":"https://shop.example/{{EventPool.Pick(random, Pages)}}?q={{Phrase(random, '+')}}&id={{random.Next(1_000_000)}}","page":"{{Phrase(random, ' ')}} | Shop","refr":"https://search.example/?q={{Phrase(random, '+')}}&s={{random.NextInt64():x}}","ua":"Mozilla/5.0 ({{visitor.System}}; rv:{{visitor.Version}}.0) Gecko/20100101 {{visitor.Browser}}/{{visitor.Version}}.0","co":{{JsonSerializer.Serialize(Contexts(random, milliseconds))}}}""");
    }

    private static string Contexts(Random random, long time) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"schema":"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0","data":[{"schema":"iglu:{{{PageSchema}}}","data":{"id":"{{{EventPool.Uuid(random)}}}","product":{{{random.Next(1_000_000)}}}}},{"schema":"iglu:{{{TimingSchema}}}","data":{"start":{{{time - random.Next(9000)}}},"dns":{{{random.Next(300)}}},"connect":{{{random.Next(500)}}},"response":{{{random.Next(2000)}}},"load":{{{random.Next(9000)}}}}}]}""");

    private static string Phrase(Random random, char between) =>
        string.Join(between, Enumerable.Range(0, random.Next(1, 5)).Select(_ => EventPool.Pick(random, Words)));
}
