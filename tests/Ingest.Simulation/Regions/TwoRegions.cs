using System.Globalization;
using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>
/// Two regions in one history: a primary, a receiver that relays to it, clients that are moved between them, and a watcher in
/// each. Then everything is mended, and whatever either of them acknowledged must be at the primary.
/// </summary>
internal sealed class TwoRegions : IFront
{
    private readonly Mistake _mistake;
    private readonly SimProcess _stage;
    private readonly RegionsNemesis _nemesis;
    private readonly RegionRules _rules = new();
    private readonly List<Tracker> _trackers = [];
    private int _events;
    private bool _isOver;

    public TwoRegions(Simulation simulation, RegionsPlan plan, Mistake mistake)
    {
        (Simulation, Plan, _mistake) = (simulation, plan, mistake);
        _stage = new SimProcess(simulation, "regions");
        Clients = new SimProcess(simulation, "clients");
        Line = new Network(simulation) { Latency = TimeSpan.FromMilliseconds(100) };
        Primary = Create(RegionsPlan.East, RegionRole.Primary);
        Receiver = Create(RegionsPlan.West, RegionRole.Receiver);
        Lever = new SimLever(simulation, plan);
        Watchers = [new SimWatcher(this, Primary, Receiver), new SimWatcher(this, Receiver, Primary)];
        _nemesis = new RegionsNemesis(this, _stage);
    }

    public Simulation Simulation { get; }

    public RegionsPlan Plan { get; }

    /// <summary>What the history began with as the primary; it stays one.</summary>
    public World Primary { get; }

    /// <summary>What the history began with as the receiver.</summary>
    public World Receiver { get; }

    /// <summary>The line between the regions.</summary>
    public Network Line { get; }

    /// <summary>Share of relay chunks that arrive twice, the second time late; 0 to 1.</summary>
    public double Doubles { get; set; }

    public SimLever Lever { get; }

    public IReadOnlyList<SimWatcher> Watchers { get; }

    /// <summary>The receiver was promoted.</summary>
    public bool IsPromoted { get; private set; }

    public SimProcess Clients { get; }

    public bool IsCalm { get; private set; }

    public TimeSpan EventPauseMax => Primary.EventPauseMax;

    private Chance Chance => Simulation.Chance;

    /// <summary>Runs the history to its end.</summary>
    public void Run()
    {
        _stage.Start(PlayAsync);
        Simulation.Run(() => _isOver);
    }

    public SimEvent NextEvent(string source)
    {
        var made = new SimEvent(source, _events++);
        Primary.Rules.OnSent(made);
        Receiver.Rules.OnSent(made);
        return made;
    }

    public Task<int> RequestAsync(string source, IReadOnlyList<SimEvent> events, TimeSpan timeout)
    {
        var isStray = Chance.Happens(Plan.Strays);
        var toPrimary = isStray ? Chance.OneIn(2) : Chance.Next(Math.Max(Lever.Weights.Sum, 1)) < Lever.Weights[RegionsPlan.East];
        return (toPrimary ? Primary : Receiver).RequestAsync(source, events, timeout);
    }

    /// <summary>Somebody makes the receiver a primary, for good.</summary>
    public void Promote()
    {
        if (IsPromoted)
            return;
        IsPromoted = true;
        Simulation.Note("regions", $"{Receiver.Region!.Name} is promoted");
        var record = new RoleRecord(RelayFormat.Version, Receiver.Region.Name, RegionRole.Primary, Instant.From(_stage.Clock.GetUtcNow()));
        Receiver.Lake.Write(LakeDocument.Of(LakeLayout.RoleKey, record, RelayFormat.Default.RoleRecord));
    }

    private World Create(string name, RegionRole role)
    {
        var world = new World(Simulation, Plan.Regions[name], _mistake, new SimRegion(name, role, _rules, this));
        _rules.Add(name, world.Rules);
        return world;
    }

    private async Task PlayAsync()
    {
        Simulation.Note("regions", Plan.ToString());
        Primary.Open();
        Receiver.Open();
        foreach (var watcher in Watchers)
            watcher.Start(_mistake);
        var plan = Primary.Plan;
        for (var i = 0; i < plan.Trackers; i++)
        {
            var tracker = new Tracker(this, Chance.OfList(TrackerKind.All), Chance.OfList([.. plan.Sources.Keys]), plan.EventsOfTracker);
            _trackers.Add(tracker);
            Clients.Start(tracker.RunAsync);
        }

        await Task.WhenAll(Primary.Nemesis.RageAsync(), Receiver.Nemesis.RageAsync(), _nemesis.RageAsync());
        IsCalm = true;
        _nemesis.Mend();
        Primary.CalmDown();
        Receiver.CalmDown();
        await Patient.UntilAsync(Simulation, _stage.Clock, "liveness: everything accepted ships", () => ValueTask.FromResult(WhatIsMissing()));
        CheckHome();
        await Primary.CheckEndAsync();
        await Receiver.CheckEndAsync();
        await Patient.UntilAsync(Simulation, _stage.Clock, "liveness: traffic comes back", () => ValueTask.FromResult(Lever.WhatIsAway()));
        _isOver = true;
    }

    private string? WhatIsMissing() =>
        World.WhatTrackersKeep(_trackers) ?? Receiver.WhatIsMissing() ?? Receiver.Rules.WhatIsRelayed() ?? Primary.WhatIsMissing();

    /// <summary>
    /// Whatever either region acknowledged is in the journal of the primary, for its lake. After a promotion both are primaries,
    /// and what the old one took stays there. Disks of spills that never came back are outside the promise.
    /// </summary>
    private void CheckHome()
    {
        foreach (var region in new[] { Primary, Receiver })
        {
            foreach (var sent in region.Rules.Answered)
            {
                var isHome = IsPromoted ? _rules.IsHome(sent) : Primary.Rules.IsHome(sent);
                if (!isHome && !region.Rules.IsSpilled(sent))
                    Simulation.Fail("whatever a region acknowledged is at the primary", string.Create(CultureInfo.InvariantCulture, $"{sent.Id} of {region.Region!.Name} is not"));
            }
        }
    }
}
