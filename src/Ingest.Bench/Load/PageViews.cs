using System.Globalization;

namespace Ingest.Bench;

/// <summary>Plain JSON events of about 300 bytes, as pages of a shop send them.</summary>
internal static class PageViews
{
    private static readonly string[] Pages = ["/", "/pricing", "/docs/start", "/blog/exactly-once", "/cart", "/checkout/address", "/account/settings", "/search"];
    private static readonly string[] Agents = ["Firefox/131.0", "Chrome/130.0.0.0", "Safari/605.1.15", "Edg/130.0.0.0"];

    public static EventPool Pool { get; } = new(Make);

    private static string Make(Random random) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"event_id":"{{{EventPool.IdPlace}}}","name":"page_view","occurred_at":"2026-11-21T20:{{{random.Next(60):00}}}:{{{random.Next(60):00}}}.{{{random.Next(1000):000}}}Z","data":{"user":"u{{{random.Next(1_000_000)}}}","session":"{{{random.NextInt64():x16}}}","page":"https://shop.example{{{EventPool.Pick(random, Pages)}}}?ref={{{random.Next(50)}}}","agent":"{{{EventPool.Pick(random, Agents)}}}","width":{{{random.Next(320, 2560)}}},"ms":{{{random.Next(5000)}}},"ok":true}}""");
}
