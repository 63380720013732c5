using System.Globalization;

namespace Ingest.Bench;

/// <summary>Plain JSON events of about 300 bytes, as pages of a shop send them.</summary>
internal static class PageViews
{
    private static readonly string[] Pages = ["/", "/pricing", "/docs/start", "/blog/exactly-once", "/cart", "/checkout/address", "/account/settings", "/search"];

    public static EventPool Pool { get; } = new(Make);

    private static string Make(Random random, DateTime time)
    {
        var visitor = Visitor.Pick(random);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"event_id":"{{{EventPool.IdPlace}}}","name":"page_view","occurred_at":"{{{time:yyyy-MM-ddTHH:mm:ss.fff}}}Z","data":{"user":"u{{{visitor.User}}}","session":"{{{visitor.Session:N}}}","page":"https://shop.example{{{EventPool.Pick(random, Pages)}}}?ref={{{random.Next(50)}}}","agent":"{{{visitor.Browser}}}/{{{visitor.Version}}}.0","width":{{{visitor.Width}}},"ms":{{{random.Next(5000)}}},"ok":true}}""");
    }
}
