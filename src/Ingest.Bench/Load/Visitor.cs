namespace Ingest.Bench;

/// <summary>Somebody who looks at several pages: what is the same in all events of one visit.</summary>
internal sealed class Visitor
{
    /// <summary>Visitors who look at pages at the same time.</summary>
    private const int Count = 100;

    private static readonly string[] Browsers = ["firefox", "chrome", "safari", "edge"];
    private static readonly string[] Systems = ["windows", "macos", "linux", "android", "ios"];
    private static readonly (string Language, string Country, string Currency)[] Places = [("de-DE", "DE", "EUR"), ("en-GB", "GB", "GBP"), ("en-US", "US", "USD"), ("fr-FR", "FR", "EUR"), ("pl-PL", "PL", "PLN")];
    private static readonly string[] Variants = ["a", "b", "c"];

    private Visitor(Random random)
    {
        User = random.Next(1_000_000);
        Device = EventPool.Uuid(random);
        Session = EventPool.Uuid(random);
        Visit = random.Next(1, 90);
        Browser = EventPool.Pick(random, Browsers);
        Version = random.Next(110, 132);
        System = EventPool.Pick(random, Systems);
        (Width, Height) = (random.Next(320, 2560), random.Next(480, 1600));
        (Language, Country, Currency) = Places[random.Next(Places.Length)];
        Variant = EventPool.Pick(random, Variants);
        IsMember = random.Next(2) == 0 ? "true" : "false";
    }

    /// <summary>Everybody who is there, from a seed.</summary>
    public static IReadOnlyList<Visitor> All { get; } = MakeAll();

    public int User { get; }

    public Guid Device { get; }

    public Guid Session { get; }

    public int Visit { get; }

    public string Browser { get; }

    public int Version { get; }

    public string System { get; }

    public int Width { get; }

    public int Height { get; }

    public string Language { get; }

    public string Country { get; }

    public string Currency { get; }

    public string Variant { get; }

    /// <summary>As JSON.</summary>
    public string IsMember { get; }

    public static Visitor Pick(Random random) => All[random.Next(All.Count)];

    private static List<Visitor> MakeAll()
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, Count).Select(_ => new Visitor(random))];
    }
}
