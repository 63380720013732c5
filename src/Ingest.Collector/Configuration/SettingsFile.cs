using System.Net;
using System.Text.RegularExpressions;

namespace Ingest.Collector;

/// <summary>Reads <c>ingest.json</c>. The file and each of its keys may be absent.</summary>
internal static class SettingsFile
{
    private const string Name = "ingest.json";

    private static readonly CollectorLimits Defaults = new();

    public static CollectorSettings Read(string folder, List<ConfigurationError> errors)
    {
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path))
            return new CollectorSettings();
        using var document = ConfigurationFile.Read(path, Name, errors);
        if (document is null)
            return new CollectorSettings();
        var root = new ConfigurationSection(document.RootElement, Name, "", errors);
        var settings = new CollectorSettings();
        settings = settings with
        {
            Node = root.Text("node") ?? settings.Node,
            TrustedProxies = Networks(root) ?? settings.TrustedProxies,
            Cookie = Cookie(root.Section("cookie"), settings.Cookie),
            DoNotTrack = DoNotTrack(root.Section("doNotTrack")),
            Limits = Limits(root.Section("limits")),
            Region = Region(root.Section("region")),
        };
        root.Finish();
        return settings;
    }

    private static IReadOnlyList<IPNetwork>? Networks(ConfigurationSection root)
    {
        const string key = "trustedProxies";
        var networks = root.Texts(key, text => IPNetwork.TryParse(text, out _), "networks such as \"10.0.0.0/8\"");
        return root.Has(key) ? [.. networks.Where(text => IPNetwork.TryParse(text, out _)).Select(IPNetwork.Parse)] : null;
    }

    private static CookieSettings Cookie(ConfigurationSection? section, CookieSettings defaults)
    {
        if (section is null)
            return defaults;
        var name = section.Text("name") ?? defaults.Name;
        if (!IsToken(name))
            section.Fail("name", "is no name for a cookie", "Use letters, digits, _ and -");
        var cookie = new CookieSettings
        {
            Enabled = section.Flag("enabled") ?? defaults.Enabled,
            Name = name,
            Lifetime = section.Time("lifetime", TimeSpan.FromMinutes(1), TimeSpan.FromDays(400)) ?? defaults.Lifetime,
            Domains = section.Texts("domains", IsDomain, "domains such as \"example.com\""),
            FallbackDomain = section.Text("fallbackDomain"),
        };
        if (cookie.FallbackDomain is { } domain && !IsDomain(domain))
            section.Fail("fallbackDomain", "is no domain", "Write a domain such as \"example.com\"");
        section.Finish();
        return cookie;
    }

    private static RegionConfiguration Region(ConfigurationSection? section)
    {
        if (section is null)
            return new RegionConfiguration();
        var region = new RegionConfiguration(
            section.Text("name"), section.Text("role"), section.Text("primary"), section.Text("relayKey"));
        section.Finish();
        return region;
    }

    private static DoNotTrackSettings? DoNotTrack(ConfigurationSection? section)
    {
        if (section is null)
            return null;
        var cookie = section.Text("cookie");
        var pattern = section.Text("value");
        if (cookie is null)
            section.Fail("cookie", "is missing", "Name the cookie with which visitors forbid storing");
        if (pattern is null)
            section.Fail("value", "is missing", "Give the pattern that the whole cookie matches, such as \"1|yes\"");
        section.Finish();
        if (cookie is null || pattern is null)
            return null;
        try
        {
            // Linear in the cookie's length, whatever the pattern: cookies come from anywhere.
            const RegexOptions options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
            return new DoNotTrackSettings(cookie, new Regex($"^(?:{pattern})$", options));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            section.Fail("value", $"is no pattern: {e.Message.TrimEnd('.')}",
                "Write a regular expression without look-around and back references");
            return null;
        }
    }

    private static CollectorLimits Limits(ConfigurationSection? section)
    {
        if (section is null)
            return Defaults;
        var second = TimeSpan.FromSeconds(1);
        var hour = TimeSpan.FromHours(1);
        var limits = new CollectorLimits
        {
            BodyBytesMax = (int?)section.Bytes("bodyBytesMax", 1 << 10, 256 << 20) ?? Defaults.BodyBytesMax,
            DecompressedBytesMax = (int?)section.Bytes("decompressedBytesMax", 1 << 10, 256 << 20) ?? Defaults.DecompressedBytesMax,
            DrainBytesMax = (int?)section.Bytes("drainBytesMax", 0, 1 << 30) ?? Defaults.DrainBytesMax,
            EventsMax = section.Number("eventsMax", 1, 1_000_000) ?? Defaults.EventsMax,
            RequestsInFlightMax = section.Number("requestsInFlightMax", 1, 1_000_000) ?? Defaults.RequestsInFlightMax,
            BytesInFlightMax = section.Bytes("bytesInFlightMax", 1 << 10, 1L << 40) ?? Defaults.BytesInFlightMax,
            ConnectionsMax = section.Number("connectionsMax", 1, 10_000_000) ?? Defaults.ConnectionsMax,
            RequestLineBytesMax = (int?)section.Bytes("requestLineBytesMax", 1 << 10, 1 << 20) ?? Defaults.RequestLineBytesMax,
            HeaderBytesMax = (int?)section.Bytes("headerBytesMax", 1 << 10, 1 << 20) ?? Defaults.HeaderBytesMax,
            HeadersTimeout = section.Time("headersTimeout", second, hour) ?? Defaults.HeadersTimeout,
            BodyTimeout = section.Time("bodyTimeout", second, hour) ?? Defaults.BodyTimeout,
            BodyBytesPerSecondMin = (int?)section.Bytes("bodyBytesPerSecondMin", 1, 1 << 20) ?? Defaults.BodyBytesPerSecondMin,
            KeepAliveTimeout = section.Time("keepAliveTimeout", second, hour) ?? Defaults.KeepAliveTimeout,
            RetryAfterMin = section.Time("retryAfterMin", second, hour) ?? Defaults.RetryAfterMin,
            RetryAfterMax = section.Time("retryAfterMax", second, hour) ?? Defaults.RetryAfterMax,
        };
        section.Finish();
        foreach (var (key, problem) in limits.Violations())
            section.Fail(key, problem, "Change one of the two");
        return limits;
    }

    private static bool IsToken(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static bool IsDomain(string text) =>
        text.Length is > 0 and <= 253 && text.Split('.').All(label =>
            label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
}
