using System.Globalization;
using System.Security.Cryptography;

namespace Ingest.EndToEnd;

/// <summary>Two whole stacks on one machine, a primary and a receiver that share nothing, and haproxy as the lever between them.</summary>
internal sealed class TwoRegions : IAsyncDisposable
{
    public const string EastName = "us-east-1";
    public const string WestName = "us-west-2";

    private const string ListLever = """
        "lever": {"provider": "list"}, "list": {"publicKey": "regions.pub", "privateKey": "regions.key"},
        """;

    private readonly TemporaryFolder _folder;

    private TwoRegions(Installation east, FaultProxy line, Installation west, RegionBalancer balancer, TemporaryFolder folder) =>
        (East, Line, West, Balancer, _folder) = (east, line, west, balancer, folder);

    /// <summary>The primary.</summary>
    public Installation East { get; }

    /// <summary>The line to the primary, of clients and of the receiver.</summary>
    public FaultProxy Line { get; }

    /// <summary>The receiver.</summary>
    public Installation West { get; }

    public RegionBalancer Balancer { get; }

    /// <summary>Knows what clients sent to either of them.</summary>
    public ConservationOracle Oracle { get; } = new();

    /// <summary>Where objects wait in the receiver.</summary>
    public string RelayFolder => Path.Combine(West.LakeFolder, "relay");

    /// <summary>Objects that wait there.</summary>
    public int RelayObjects => Directory.Exists(RelayFolder) ? Directory.EnumerateFiles(RelayFolder, "*.gz", SearchOption.AllDirectories).Count() : 0;

    /// <summary>Starts both, with 95 and 5 percent.</summary>
    /// <param name="isAutomatic">Whether the watchers move the lever.</param>
    /// <param name="hasList">Whether the signed region list is the lever, and not haproxy.</param>
    /// <param name="primary">Where the primary keeps things; on this disk when null.</param>
    public static async Task<TwoRegions> StartAsync(bool isAutomatic, bool hasList = false, PrimaryStorage? primary = null)
    {
        var folder = new TemporaryFolder();
        var config = folder.Of("config");
        var east = primary?.NewInstallation(config) ?? new Installation { Config = config };
        var west = new Installation { Config = config };
        var line = await FaultProxy.StartAsync(east.Url);
        var balancer = await RegionBalancer.RequireAsync((EastName, line.Address, 95), (WestName, west.Url, 5));
        WriteConfig(config, line.Address, west.Url, hasList ? ListLever : HaProxyLever(balancer), isAutomatic);
        if (hasList)
            await MakeKeysAsync(Path.Combine(config, "regions"));
        var key = folder.Of("relay.key");
        await File.WriteAllTextAsync(key, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        east.ShipTo(
            primary?.S3.Location ?? east.LakeFolder,
            [.. primary?.Options ?? ["--runtime", "node"], "--region", EastName, "--relay-key", key]);
        west.ShipTo(
            west.LakeFolder,
            "--runtime", "node", "--region", WestName, "--role", "receiver", "--primary", line.Address.GetLeftPart(UriPartial.Authority), "--relay-key", key);
        var regions = new TwoRegions(east, line, west, balancer, folder);
        // At once: a region that is not there for long loses its share.
        await Task.WhenAll(east.StartAsync(), west.StartAsync());
        await balancer.WaitUntilUpAsync();
        await regions.WaitForWeightsAsync(95, 5);
        return regions;
    }

    /// <summary>Waits until the lever stands there; says how long that took.</summary>
    public async Task<TimeSpan> WaitForWeightsAsync(int east, int west)
    {
        var began = TimeProvider.System.GetTimestamp();
        IReadOnlyList<int> last = [];
        await Deadline.UntilAsync<object>(
            async () =>
            {
                last = await Balancer.WeightsAsync();
                return last.SequenceEqual([east, west]) ? last : null;
            },
            Deadline.Delivery,
            () => $"the lever stands at {string.Join(' ', last)}, not at {east} {west}. East wrote:\n{East.Output}\nWest wrote:\n{West.Output}");
        return TimeProvider.System.GetElapsedTime(began);
    }

    /// <summary>Waits until objects wait in the receiver; says how many.</summary>
    public async Task<int> WaitForBacklogAsync()
    {
        var found = 0;
        await Deadline.UntilAsync<object>(
            () => Task.FromResult<object?>((found = RelayObjects) > 0 ? this : null),
            Deadline.Delivery,
            () => $"nothing waits in the receiver. It wrote:\n{West.Output}");
        return found;
    }

    /// <summary>Waits until nothing waits in the receiver any more; says how long that took.</summary>
    public async Task<TimeSpan> WaitUntilRelayedAsync()
    {
        var began = TimeProvider.System.GetTimestamp();
        await West.WaitUntilShippedAsync();
        await Deadline.UntilAsync<object>(
            () => Task.FromResult<object?>(RelayObjects == 0 ? this : null),
            Deadline.Delivery,
            () => string.Create(CultureInfo.InvariantCulture, $"{RelayObjects} objects wait for the primary. East wrote:\n{East.Output}\nWest wrote:\n{West.Output}"));
        return TimeProvider.System.GetElapsedTime(began);
    }

    public async ValueTask DisposeAsync()
    {
        await East.DisposeAsync();
        await West.DisposeAsync();
        await Line.DisposeAsync();
        await Balancer.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>The tests' configuration, and the regions: times as short as a slow machine allows.</summary>
    private static void WriteConfig(string folder, Uri east, Uri west, string lever, bool isAutomatic)
    {
        foreach (var file in Directory.EnumerateFiles(Repository.Config, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(Repository.Config, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        File.WriteAllText(Path.Combine(folder, "regions.json"), $$"""
            {
              "regions": {
                "{{EastName}}": {"url": "{{east.GetLeftPart(UriPartial.Authority)}}", "weight": 95},
                "{{WestName}}": {"url": "{{west.GetLeftPart(UriPartial.Authority)}}", "weight": 5},
              },
              {{lever}}
              "failover": {
                "automatic": {{(isAutomatic ? "true" : "false")}},
                "period": "250ms", "timeout": "3s", "downAfter": "2s", "upAfter": "2s", "hold": "2s",
              },
            }
            """);
    }

    private static async Task MakeKeysAsync(string name)
    {
        var made = await CommandResult.OfAsync(
            Repository.Launcher,
            ["lever", "keygen", "--out", name],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["INGEST_NO_BUILD"] = "1" });
        Assert.True(made.ExitCode == 0, made.Output);
    }

    private static string HaProxyLever(RegionBalancer balancer) => $$"""
        "lever": {"provider": "haproxy", "address": "{{balancer.RuntimeAddress}}", "backend": "regions"},
        """;
}
