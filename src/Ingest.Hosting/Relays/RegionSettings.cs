using System.Net;
using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>Which region a server belongs to, and what it was told to do there. A promotion changes the role later.</summary>
public sealed record RegionSettings
{
    public const string PrimaryName = "primary";

    public const string ReceiverName = "receiver";

    /// <summary>Its name, by <see cref="SourceName.IsValid"/>; null for a lone region.</summary>
    public string? Name { get; init; }

    /// <summary>What the command line or the configuration says.</summary>
    public RegionRole Role { get; init; }

    /// <summary>Where the primary is; null unless this is a receiver.</summary>
    public Uri? Primary { get; init; }

    /// <summary>The key that receivers and primary share; null where this region takes no relays.</summary>
    public RelayKey? Key { get; init; }

    /// <summary>The only region there is.</summary>
    public static RegionSettings Lone { get; } = new();

    /// <summary>Reads what was told; the command line comes before the configuration.</summary>
    /// <param name="settings">The command line.</param>
    /// <param name="configuration">The section of <c>ingest.json</c>.</param>
    /// <param name="mistakes">Receives everything that is wrong.</param>
    public static RegionSettings Read(RunSettings settings, RegionConfiguration configuration, ICollection<string> mistakes)
    {
        var name = Given(settings.Region, configuration.Name);
        var role = Given(settings.Role, configuration.Role) ?? PrimaryName;
        var primary = Given(settings.Primary, configuration.Primary);
        var keyFile = Given(settings.RelayKey, configuration.RelayKey);
        var isReceiver = role == ReceiverName;
        if (!isReceiver && role != PrimaryName)
            mistakes.Add($"--role {role}: write {PrimaryName} or {ReceiverName}.");
        if (name is not null && !SourceName.IsValid(name))
            mistakes.Add($"--region {name}: write 1 to {SourceName.LengthMax} of a-z 0-9 _ - . that begin with a letter or digit.");
        if (isReceiver)
        {
            Require(name, "--region", "a name, as in us-west-2: the primary notes which region relayed an event");
            Require(primary, "--primary", "the primary's URL");
            Require(keyFile, "--relay-key", "the file of the key that the primary has too");
        }
        else if (primary is not null)
            mistakes.Add($"--primary {primary}: only --role {ReceiverName} has a primary.");
        else if (keyFile is not null && name is null)
            mistakes.Add("--relay-key: a region that takes relays has a name; add --region NAME.");

        return new RegionSettings
        {
            Name = name,
            Role = isReceiver ? RegionRole.Receiver : RegionRole.Primary,
            Primary = isReceiver && primary is not null ? ReadPrimary(primary, settings, mistakes) : null,
            Key = keyFile is not null ? RelayKey.Read(keyFile, mistakes) : null,
        };

        void Require(string? value, string option, string what)
        {
            if (value is null)
                mistakes.Add($"{option}: --role {ReceiverName} needs {what}.");
        }
    }

    /// <summary>What was given first; an empty text, as an unset variable leaves it, is nothing.</summary>
    private static string? Given(string? first, string? second) =>
        !string.IsNullOrWhiteSpace(first) ? first : !string.IsNullOrWhiteSpace(second) ? second : null;

    private static Uri? ReadPrimary(string text, RunSettings settings, ICollection<string> mistakes)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")
            || url.PathAndQuery != "/" || url.UserInfo.Length > 0 || url.Fragment.Length > 0)
        {
            mistakes.Add($"--primary {text}: write scheme, host and port alone, as in https://us-east-1.ingest.example.com.");
            return null;
        }

        // Signed, but not secret: whoever is on the line would read every event.
        if (url.Scheme == "http" && !url.IsLoopback)
            mistakes.Add($"--primary {text}: http is taken on this machine alone; write https.");
        if (url.Port == settings.Port && IsThisMachine(url, settings.Host))
            mistakes.Add($"--primary {text}: that is this server itself.");
        return url;
    }

    private static bool IsThisMachine(Uri url, string host) =>
        string.Equals(url.Host, host, StringComparison.OrdinalIgnoreCase)
        || (url.IsLoopback && IPAddress.TryParse(host, out var own)
            && (IPAddress.IsLoopback(own) || own.Equals(IPAddress.Any) || own.Equals(IPAddress.IPv6Any)));
}
