using System.Security.Cryptography;
using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>What relays need of a process of a named region: its role, the way in for other regions, and its own bridge.</summary>
public sealed class RelayHost : IDisposable
{
    private readonly ILake _lake;
    private readonly Limits _limits;
    private readonly HostingOptions _options;
    private readonly TimeProvider _time;
    private readonly HostingLog _log;
    private readonly HttpClient? _client;
    private readonly IJournal _journal;
    private readonly RegionRoute _route;

    /// <param name="settings">Which region; with a name.</param>
    /// <param name="lake">Its lake.</param>
    /// <param name="intake">The way in, without relaying.</param>
    /// <param name="journal">Its journal.</param>
    /// <param name="sources">The sources.</param>
    /// <param name="limits">Limits of the engine.</param>
    /// <param name="options">Limits of the runtime.</param>
    /// <param name="time">Clock and timers.</param>
    /// <param name="log">Operational events.</param>
    /// <param name="link">The way to the primary; over HTTP by the settings where null.</param>
    public RelayHost(
        RegionSettings settings,
        ILake lake,
        IIntake intake,
        IJournal journal,
        SourceCatalogue sources,
        Limits limits,
        HostingOptions options,
        TimeProvider time,
        HostingLog log,
        IRelayLink? link = null)
    {
        (_lake, _journal, _limits, _options, _time, _log) = (lake, journal, limits, options, time, log);
        State = new RegionState(settings, lake, options.RolePeriod, time, log);
        Intake = new RelayIntake(() => intake, () => journal, sources, limits.JournalTimeout, time, settings.Name);
        if (link is null && settings is { Primary: { } primary, Key: { } key })
        {
            _client = HttpRelayLink.ClientOf(primary);
            link = new HttpRelayLink(_client, key, time);
        }

        _route = new RegionRoute(State, link, new LocalRelayLink(Intake));
    }

    /// <summary>The region's role.</summary>
    public RegionState State { get; }

    /// <summary>Takes relays of other regions, and the backlog of this one after a promotion.</summary>
    public RelayIntake Intake { get; }

    /// <summary>Makes the region's bridge; one at a time delivers, more are harmless.</summary>
    public BridgeLoop CreateBridge()
    {
        var bridge = new Bridge(
            _lake,
            _journal,
            _route,
            State.Name,
            _options.Relays,
            _limits.PutTimeout,
            _time,
            new Random(RandomNumberGenerator.GetInt32(int.MaxValue)));
        return new BridgeLoop(bridge, State, _options, _time, _log);
    }

    /// <summary>The page that takes relays; null where no key is shared.</summary>
    public RelayPage? CreatePage(ConcurrencyGate live, CollectorLimits limits, StorageHealth health) => State.Settings.Key is { } key
        ? new RelayPage(key, Intake, live, limits, () => NotNow(health), _time)
        : null;

    /// <summary>What an operator sees.</summary>
    public RegionReport Report(BridgeReport? bridge) => new(
        State.Name,
        State.Role,
        State.Promotion?.Since,
        State.Settings.Primary?.GetLeftPart(UriPartial.Authority),
        State.Settings.Key is not null && State.Role == RegionRole.Primary,
        bridge);

    public void Dispose() => _client?.Dispose();

    private string? NotNow(StorageHealth health) =>
        State.Role == RegionRole.Receiver ? $"region {State.Name} is a receiver itself"
        : !health.CanStore(out var why) ? why
        : health.Unreadable;
}
