using System.Text.RegularExpressions;
using Ingest.Engine;
using Ingest.Regions;

namespace Ingest.Collector;

/// <summary>Reads <c>regions.json</c>. Where it is absent, there is no lever.</summary>
public static partial class RegionsFile
{
    private const int RegionsMax = 16;

    private static readonly WatcherOptions Defaults = new();

    /// <summary>Reads the file of a configuration folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="errors">Receives every mistake.</param>
    /// <returns>Null where there is no such file, or it has mistakes.</returns>
    public static RegionPlan? Read(string folder, List<ConfigurationError> errors)
    {
        var path = Path.Combine(folder, RegionPlan.FileName);
        if (!File.Exists(path))
            return null;
        var before = errors.Count;
        using var document = ConfigurationFile.Read(path, RegionPlan.FileName, errors);
        if (document is null)
            return null;
        var root = new ConfigurationSection(document.RootElement, RegionPlan.FileName, "", errors);
        var regions = Regions(root);
        var lever = Lever(root, [.. regions.Select(region => region.Name)]);
        var failover = Failover(root.Section("failover"));
        var list = List(root.Section("list"), folder);
        root.Finish();
        if (failover.IsAutomatic && lever is { HasWitness: false })
            root.Fail("failover.automatic", "is on, but the list checks no region by itself", "Take haproxy or route53 as the provider, or turn it off");
        if (failover.IsAutomatic && regions.Count != 2)
            root.Fail("failover.automatic", "is on, and there are not exactly two regions", "Name two, or turn it off");
        if (lever is ListLeverSettings && list is null)
            root.Fail("list", "is missing", "Name the keys of the list; ./ingest lever keygen makes them");
        return errors.Count == before ? new RegionPlan(regions, lever!, failover, list) : null;
    }

    private static List<RegionPlace> Regions(ConfigurationSection root)
    {
        var regions = new List<RegionPlace>();
        foreach (var (name, section) in root.Section("regions")?.Members() ?? [])
        {
            if (!SourceName.IsValid(name))
                root.Fail($"regions.{name}", "is no name of a region", $"Write 1 to {SourceName.LengthMax} of a-z 0-9 _ - . that begin with a letter or digit");
            if (section is null)
                continue;
            var url = section.Text("url");
            var weight = section.Number("weight", 1, 99);
            section.Finish();
            if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.PathAndQuery != "/")
                section.Fail("url", "is no address of a region", "Write scheme, host and port alone, as in \"https://us-east-1.ingest.example.com\"");
            if (weight is null && !section.Has("weight"))
                section.Fail("weight", "is missing", "Write its percentage while all is well");
            regions.Add(new RegionPlace(name, address ?? new Uri("http://invalid"), weight ?? 0));
        }

        var sum = regions.Sum(region => region.Weight);
        if (regions.Count is < 2 or > RegionsMax)
            root.Fail("regions", $"does not name 2 to {RegionsMax} regions", "Name each with its url and weight");
        else if (sum != 100 && regions.All(region => region.Weight > 0))
            root.Fail("regions", $"has weights that sum to {sum}", "Let them sum to 100");
        return regions;
    }

    private static LeverSettings? Lever(ConfigurationSection root, IReadOnlyList<string> regions)
    {
        if (root.Section("lever") is not { } section)
        {
            if (!root.Has("lever"))
                root.Fail("lever", "is missing", "Name a provider");
            return null;
        }

        var provider = section.Text("provider");
        LeverSettings? lever = provider switch
        {
            "haproxy" => HaProxy(section, regions),
            "route53" => Route53(section, regions),
            "list" => new ListLeverSettings(),
            _ => null,
        };
        if (provider is not ("haproxy" or "route53" or "list"))
            section.Fail("provider", "is no provider", "Write \"haproxy\", \"route53\" or \"list\"");
        else
            section.Finish();
        return lever;
    }

    private static HaProxySettings? HaProxy(ConfigurationSection section, IReadOnlyList<string> regions)
    {
        var address = section.Text("address");
        var backend = Word(section, "backend");
        var servers = Words(section, "servers", regions);
        if (!HaProxyAddress.TryParse(address ?? "", out var parsed))
            section.Fail("address", "is no address of a runtime API", "Write \"unix:/run/haproxy/admin.sock\" or \"tcp:HOST:PORT\"");
        return parsed is null || backend is null ? null : new HaProxySettings(parsed, backend, servers);
    }

    private static Route53Settings? Route53(ConfigurationSection section, IReadOnlyList<string> regions)
    {
        var zone = Word(section, "zone");
        var record = Word(section, "record");
        var type = section.Text("type") ?? "A";
        var program = section.Text("program") ?? "aws";
        var identifiers = Words(section, "identifiers", regions);
        return zone is null || record is null ? null : new Route53Settings(zone, record, type, identifiers, program);
    }

    private static string? Word(ConfigurationSection section, string key)
    {
        if (section.Text(key) is { } text && SafeWord().IsMatch(text))
            return text;
        section.Fail(key, "is missing, or not of letters, digits and _ - . : /", "Write the provider's own name for it");
        return null;
    }

    /// <summary>What the provider calls each region; its own name where nothing is said.</summary>
    private static OrderedDictionary<string, string> Words(ConfigurationSection root, string key, IReadOnlyList<string> regions)
    {
        var words = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        var section = root.Section(key);
        foreach (var region in regions)
            words[region] = section?.Has(region) == true ? Word(section, region) ?? region : region;
        section?.Finish(regions);
        foreach (var twice in words.GroupBy(word => word.Value, StringComparer.Ordinal).Where(group => group.Count() > 1))
            root.Fail(key, $"has {twice.Key} twice", "Give each region one of its own");
        return words;
    }

    private static WatcherOptions Failover(ConfigurationSection? section)
    {
        if (section is null)
            return Defaults;
        var (second, day) = (TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        var options = new WatcherOptions
        {
            IsAutomatic = section.Flag("automatic") ?? Defaults.IsAutomatic,
            Period = section.Time("period", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)) ?? Defaults.Period,
            Timeout = section.Time("timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)) ?? Defaults.Timeout,
            DownAfter = section.Time("downAfter", second, day) ?? Defaults.DownAfter,
            UpAfter = section.Time("upAfter", second, day) ?? Defaults.UpAfter,
            Hold = section.Time("hold", second, day) ?? Defaults.Hold,
            Steps = section.Numbers("steps", 1, 99),
        };
        if (!options.Steps.SequenceEqual(options.Steps.Order().Distinct()))
            section.Fail("steps", "do not rise", "Write rising percentages of the normal weight, such as [25, 50]");
        if (options.DownAfter < 2 * options.Period)
            section.Fail("downAfter", "is shorter than two periods", "Let a region be seen down more than once");
        section.Finish();
        return options;
    }

    private static ListSettings? List(ConfigurationSection? section, string folder)
    {
        if (section is null)
            return null;
        var publicKey = section.Text("publicKey");
        var privateKey = section.Text("privateKey");
        var lifetime = section.Time("lifetime", TimeSpan.FromHours(1), TimeSpan.FromDays(3650)) ?? TimeSpan.FromDays(365);
        section.Finish();
        if (publicKey is null)
        {
            if (!section.Has("publicKey"))
                section.Fail("publicKey", "is missing", "Name the PEM file; ./ingest lever keygen makes it");
            return null;
        }

        return new ListSettings(Path.Combine(folder, publicKey), privateKey is null ? null : Path.Combine(folder, privateKey), lifetime);
    }

    // What a provider is told must be one word of its command, and nothing else.
    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.:/-]*\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SafeWord();
}
