using System.Net;
using System.Text.RegularExpressions;

namespace Ingest.Collector;

/// <summary>What <c>config/ingest.json</c> can set, with the defaults that hold without it.</summary>
public sealed record CollectorSettings
{
    /// <summary>Name of this node in the events' <c>collector</c> object.</summary>
    public string Node { get; init; } = Environment.MachineName;

    public CollectorLimits Limits { get; init; } = new();

    /// <summary>Which region this is, and what it does.</summary>
    public RegionConfiguration Region { get; init; } = new();

    public CookieSettings Cookie { get; init; } = new();

    /// <summary>The cookie with which a visitor forbids storing; null where there is none.</summary>
    public DoNotTrackSettings? DoNotTrack { get; init; }

    /// <summary>
    /// Networks whose <c>X-Forwarded-For</c> is believed. By default loopback and the private ranges, where load
    /// balancers are; anybody else could claim any address.
    /// </summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = DefaultTrustedProxies;

    public static IReadOnlyList<IPNetwork> DefaultTrustedProxies { get; } =
    [
        IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128"),
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fe80::/10"),
    ];
}

/// <summary>The network id cookie of the tracker protocol.</summary>
public sealed record CookieSettings
{
    /// <summary>False to set no cookie. Network ids of cookies that are there are still read.</summary>
    public bool Enabled { get; init; } = true;

    public string Name { get; init; } = "sp";

    /// <summary>How long a browser keeps it. Browsers cap at 400 days.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Domains for which it is set where the request's origin is at or below one of them; the first that fits.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];

    /// <summary>Domain where none fits; null to leave it to the collector's own host.</summary>
    public string? FallbackDomain { get; init; }
}

/// <summary>A visitor's wish not to be stored.</summary>
/// <param name="Cookie">Name of the cookie.</param>
/// <param name="Value">Matches its value where it means "do not track".</param>
public sealed record DoNotTrackSettings(string Cookie, Regex Value);
