using Ingest.Collector;
using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Simulation;

/// <summary>What a process of one of two regions does beside: knows its role, takes relays, and delivers its own.</summary>
internal sealed class HostRelaying
{
    private readonly World _world;
    private readonly Host _host;
    private readonly Func<IIntake> _intake;
    private readonly RegionState _state;
    private readonly RelayIntake _relays;
    private readonly BridgeLoop _bridge;
    private RelayingIntake? _relaying;

    /// <param name="world">The region.</param>
    /// <param name="host">The process.</param>
    /// <param name="intake">Its way in, as it is without regions.</param>
    public HostRelaying(World world, Host host, Func<IIntake> intake)
    {
        (_world, _host, _intake) = (world, host, intake);
        var (region, process, options) = (world.Region!, host.Process, world.Plan.Options);
        var settings = new RegionSettings { Name = region.Name, Role = region.FirstRole };
        _state = new RegionState(settings, host.Lake, options.RolePeriod, process.Clock, host.Log);
        _relays = new RelayIntake(
            () => world.Mistake.WrapRelayed(intake(), process), () => host.Journal, new SourceCatalogue(world.SourceSet()), world.Plan.Limits.JournalTimeout, process.Clock);
        var toPrimary = world.Mistake.Wrap(new SimRelayLink(region.Both, process), process);
        var toSelf = new LocalRelayLink(_relays);
        var bridge = new Bridge(
            host.Lake,
            host.Journal,
            new RegionRoute(_state, toPrimary, toSelf),
            region.Name,
            options.Relays,
            world.Plan.Limits.PutTimeout,
            process.Clock,
            process.Work.Random);
        _bridge = new BridgeLoop(bridge, _state, options, process.Clock, host.Log);
    }

    /// <summary>Where clients' events go, by the role of now.</summary>
    public IIntake Intake => _relaying ??= new RelayingIntake(_intake(), _state);

    /// <summary>Starts its loops: a bridge in every process, so that several live at once.</summary>
    public void Start()
    {
        if (_world.Region!.FirstRole != RegionRole.Receiver)
            return;
        _host.Process.Start(() => _state.WatchAsync(CancellationToken.None));
        _host.Process.Start(() => _bridge.RunAsync(CancellationToken.None));
    }

    /// <summary>A call from another region.</summary>
    public async Task<RelayAnswer> TakeAsync(RelayChunk chunk)
    {
        if (!_host.Health.CanStore(out var why))
            return new RelayAnswer(RelayOutcome.Busy, Detail: why);
        var wasDelivered = _world.Rules.IsRelayed(chunk.Region, chunk.ObjectKey);
        var answer = await _relays.AcceptAsync(chunk, CancellationToken.None);
        if (wasDelivered && answer.Accepted + answer.Quarantined > 0)
            _world.Simulation.Fail("an object is taken once, whatever the dedupe window forgot", $"{chunk.ObjectKey} was delivered before, and {answer} was the answer");
        return answer;
    }
}
