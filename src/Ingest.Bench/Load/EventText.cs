using System.Globalization;
using System.Text;

namespace Ingest.Bench;

/// <summary>
/// Events as real pages send them: about 300 bytes, with values that differ as much as real ones do (a block of them
/// compresses about five to one), and a fresh id each. Made once; an id is written over the last one before each use.
/// </summary>
public sealed class EventText
{
    /// <summary>Length of an event id: a UUID.</summary>
    public const int IdLength = 36;

    private const string IdPlace = "00000000-0000-4000-8000-000000000000";
    private const int Variants = 2048;

    private static readonly string[] Pages = ["/", "/pricing", "/docs/start", "/blog/exactly-once", "/cart", "/checkout/address", "/account/settings", "/search"];
    private static readonly string[] Agents = ["Firefox/131.0", "Chrome/130.0.0.0", "Safari/605.1.15", "Edg/130.0.0.0"];

    private readonly byte[][] _events;

    public EventText(int seed)
    {
        var random = new Random(seed);
        _events = [.. Enumerable.Range(0, Variants).Select(_ => Encoding.UTF8.GetBytes(Make(random)))];
    }

    /// <summary>One event; its id stands at <see cref="IdOffset"/>.</summary>
    public ReadOnlySpan<byte> this[int index] => _events[index % Variants];

    /// <summary>Where the id stands in each event.</summary>
    public static int IdOffset => "{\"event_id\":\"".Length;

    private static string Make(Random random) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"event_id":"{{IdPlace}}","name":"page_view","occurred_at":"2026-11-21T20:{{random.Next(60):00}}:{{random.Next(60):00}}.{{random.Next(1000):000}}Z","data":{"user":"u{{random.Next(1_000_000)}}","session":"{{random.NextInt64():x16}}","page":"https://shop.example{{Pick(random, Pages)}}?ref={{random.Next(50)}}","agent":"{{Pick(random, Agents)}}","width":{{random.Next(320, 2560)}},"ms":{{random.Next(5000)}}, "ok":true} }""");

    private static string Pick(Random random, string[] values) => values[random.Next(values.Length)];
}
