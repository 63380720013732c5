using System.Globalization;

namespace Ingest.Bench;

/// <summary>Plain JSON events whose <c>data</c> has the 20 properties of a typical schema, and the schema that they claim.</summary>
internal static class PageVisits
{
    public const string SchemaPath = "com.example/page_visit/jsonschema/1-0-0";

    public const string Schema = """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "user": { "type": "string", "pattern": "^u[0-9]{1,9}$" },
            "session": { "type": "string", "format": "uuid" },
            "url": { "type": "string", "format": "uri", "maxLength": 2048 },
            "title": { "type": "string", "maxLength": 200 },
            "referrer": { "type": ["string", "null"], "maxLength": 2048 },
            "browser": { "enum": ["firefox", "chrome", "safari", "edge"] },
            "system": { "enum": ["windows", "macos", "linux", "android", "ios"] },
            "width": { "type": "integer", "minimum": 1, "maximum": 20000 },
            "height": { "type": "integer", "minimum": 1, "maximum": 20000 },
            "language": { "type": "string", "pattern": "^[a-z]{2}-[A-Z]{2}$" },
            "country": { "type": "string", "minLength": 2, "maxLength": 2 },
            "currency": { "type": "string", "minLength": 3, "maxLength": 3 },
            "value": { "type": "number", "minimum": 0 },
            "items": { "type": "array", "maxItems": 20, "items": { "type": "integer", "minimum": 1 } },
            "member": { "type": "boolean" },
            "campaign": { "type": ["string", "null"], "maxLength": 64 },
            "variant": { "enum": ["a", "b", "c"] },
            "load_ms": { "type": "integer", "minimum": 0 },
            "scroll": { "type": "integer", "minimum": 0, "maximum": 100 },
            "consent": { "type": "boolean" }
          },
          "required": ["user", "session", "url", "browser", "system", "value", "member", "consent"],
          "additionalProperties": false
        }
        """;

    private static readonly (string Path, string Title)[] Pages = [("", "Home"), ("pricing", "What it costs"), ("cart", "Your cart"), ("checkout/address", "Where to"), ("account/settings", "Settings"), ("search", "Found for you")];
    private static readonly string[] Referrers = ["null", "\"https://search.example/\"", "\"https://news.example/today\""];
    private static readonly string[] Campaigns = ["null", "\"autumn\"", "\"newsletter-47\""];

    public static EventPool Pool { get; } = new(Make);

    private static string Make(Random random, DateTime time) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"event_id":"{{EventPool.IdPlace}}","name":"page_visit","occurred_at":"{{time:yyyy-MM-ddTHH:mm:ss.fff}}Z","schema":"iglu:{{SchemaPath}}","data":{{Data(random)}}}""");

    private static string Data(Random random)
    {
        var visitor = Visitor.Pick(random);
        var (path, title) = Pages[random.Next(Pages.Length)];
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"user":"u{{visitor.User}}","session":"{{visitor.Session}}","url":"https://shop.example/{{path}}?q={{random.Next(1_000_000):x}}","title":"{{title}}","referrer":{{EventPool.Pick(random, Referrers)}},"browser":"{{visitor.Browser}}","system":"{{visitor.System}}","width":{{visitor.Width}},"height":{{visitor.Height}},"language":"{{visitor.Language}}","country":"{{visitor.Country}}","currency":"{{visitor.Currency}}","value":{{random.Next(100_000) / 100.0}},"items":[{{random.Next(1, 100_000)}},{{random.Next(1, 100_000)}}],"member":{{visitor.IsMember}},"campaign":{{EventPool.Pick(random, Campaigns)}},"variant":"{{visitor.Variant}}","load_ms":{{random.Next(5000)}},"scroll":{{random.Next(101)}},"consent":true}""");
    }
}
