using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>
/// One history: trackers, processes, journal, lake, and what goes wrong among them; then everything is mended, and all
/// that was accepted must ship.
/// </summary>
internal sealed class World
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReaderPauseMax = TimeSpan.FromSeconds(30);

    private readonly List<Tracker> _trackers = [];
    private readonly SimProcess _stage;
    private int _events;
    private int _hostNames;
    private bool _isOver;

    public World(int seed, Mistake mistake, Trace trace)
    {
        Mistake = mistake;
        Simulation = new Simulation(seed, trace);
        Plan = HistoryPlan.Draw(Simulation.Chance);
        Rules = new Rules(Simulation, Plan.Limits);
        Network = new Network(Simulation);
        Journal = new JournalServer(Simulation, Rules, isEmbedded: !Plan.IsCluster, losesSynced: mistake.LosesSynced);
        Lake = new LakeServer(Simulation, Rules);
        Clients = new SimProcess(Simulation, "clients");
        _stage = new SimProcess(Simulation, "stage");
        foreach (var (source, count) in Plan.Sources)
            Catalogue[source] = count;
        Directory = new Directory(this);
        Nemesis = new Nemesis(this, _stage);
    }

    public Mistake Mistake { get; }

    public Simulation Simulation { get; }

    public HistoryPlan Plan { get; }

    public Rules Rules { get; }

    public Accounts Accounts { get; } = new();

    public Network Network { get; }

    public JournalServer Journal { get; }

    public LakeServer Lake { get; }

    public Directory Directory { get; }

    /// <summary>Where trackers run.</summary>
    public SimProcess Clients { get; }

    public Nemesis Nemesis { get; }

    /// <summary>Processes that are alive, those that only believe it included.</summary>
    public List<Host> Hosts { get; } = [];

    /// <summary>Disks of spills, also those whose process has ended.</summary>
    public List<SpillDisk> Disks { get; } = [];

    /// <summary>The number of partitions of every source, as configured or as the cluster's catalogue has it.</summary>
    public SortedDictionary<string, int> Catalogue { get; } = new(StringComparer.Ordinal);

    /// <summary>Nothing goes wrong any more.</summary>
    public bool IsCalm { get; private set; }

    private Chance Chance => Simulation.Chance;

    /// <summary>Runs the history to its end.</summary>
    public void Run()
    {
        _stage.Start(PlayAsync);
        Simulation.Run(() => _isOver);
        if (!_isOver)
            Simulation.Fail("liveness: time goes on", "nothing is left to do, and the history is not over");
    }

    public int NextEventNumber() => _events++;

    public SourceSet SourceSet() => new(
        [.. Catalogue.Select(source => new Source { Name = source.Key, Validator = SimEvent.Validator.Instance, Partitions = source.Value })],
        SimEvent.Validator.Instance);

    /// <summary>Starts a process.</summary>
    public void StartHost()
    {
        var name = $"{(Plan.IsCluster ? "silo" : "node")}{++_hostNames}";
        Host host = Plan.IsCluster ? new SimSilo(this, name) : new SimNode(this, name);
        Hosts.Add(host);
        host.Process.Killed += () => Gone(host);
        host.Process.Start(host.StartAsync);
    }

    /// <summary>The disk that a silo is started on, one that another left behind where there is any; null where silos have no spill.</summary>
    public SpillDisk? FreeDisk()
    {
        if (Plan.SpillBytesMax is not { } bytesMax)
            return null;
        var free = Disks.Where(disk => disk is { Owner: null, IsGone: false }).ToList();
        if (free.Count > 0)
            return Chance.OfList(free);
        var disk = new SpillDisk(Rules, Disks.Count + 1, bytesMax);
        Disks.Add(disk);
        return disk;
    }

    /// <summary>Sends a request the way that clients come: some balancer picks a process.</summary>
    /// <returns>The status; 0 where there is no answer.</returns>
    public async Task<int> RequestAsync(string source, IReadOnlyList<SimEvent> events, TimeSpan timeout)
    {
        if (Hosts.Where(host => host.IsServing).ToList() is not { Count: > 0 } serving)
            return 0;
        var host = Chance.OfList(serving);
        try
        {
            return await Network.CallAsync(Clients, host.Process, () => host.HandleAsync(source, events)).WaitAsync(timeout, Clients.Clock);
        }
        catch (Exception exception) when (exception is NetworkException or TimeoutException)
        {
            return 0;
        }
    }

    private async Task PlayAsync()
    {
        Simulation.Note("stage", Plan.ToString());
        for (var i = 0; i < Plan.Processes; i++)
            StartHost();
        _stage.Start(KeepLanesAsync);
        _stage.Start(ReadLakeAsync);
        for (var i = 0; i < Plan.Trackers; i++)
        {
            var tracker = new Tracker(this, Chance.OfList(TrackerKind.All), Chance.OfList([.. Plan.Sources.Keys]), Plan.EventsOfTracker);
            _trackers.Add(tracker);
            Clients.Start(tracker.RunAsync);
        }

        await Nemesis.RageAsync();
        Simulation.Note("stage", "all is mended");
        IsCalm = true;
        _stage.Start(KeepHostsAsync);
        await UntilQuietAsync();
        await CheckEndAsync();
        _isOver = true;
    }

    private void Gone(Host host)
    {
        Hosts.Remove(host);
        if (Journal.IsEmbedded)
            Journal.Crash();
        if (host is SimSilo silo)
            _stage.Start(() => DeclareDeadAsync(silo));
    }

    /// <summary>The membership notices that a silo is gone, but not at once.</summary>
    private async Task DeclareDeadAsync(SimSilo silo)
    {
        await Task.Delay(Chance.Skewed(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10)), _stage.Clock);
        Directory.Evict(silo);
    }

    /// <summary>Sees to it that every lane is somewhere, and looks what is pending, as reminders do.</summary>
    private async Task KeepLanesAsync()
    {
        while (Plan.IsCluster)
        {
            for (var number = 0; number < Plan.Lanes; number++)
            {
                var lane = number;
                Directory.EnsureLane(lane);
                if (Directory.OfLane(lane) is { } silo)
                    _ = Network.CallAsync(_stage, silo.Process, () => silo.NoticeAsync(lane));
            }

            await Task.Delay(ReminderPeriod, _stage.Clock);
        }
    }

    private async Task ReadLakeAsync()
    {
        while (true)
        {
            await Task.Delay(Chance.Between(TimeSpan.Zero, ReaderPauseMax), _stage.Clock);
            Lake.ReadAll();
        }
    }

    /// <summary>Liveness: trackers get rid of their events, and the journal of its backlog.</summary>
    private async Task UntilQuietAsync()
    {
        var deadline = Simulation.Now + Patience;
        while (WhatIsMissing() is { } missing)
        {
            if (Simulation.Now > deadline)
            {
                Simulation.Fail("liveness: everything accepted ships", missing);
                return;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), _stage.Clock);
        }
    }

    private string? WhatIsMissing()
    {
        if (_trackers.Count(tracker => !tracker.IsDone) is > 0 and var busy)
            return $"{busy} trackers cannot get rid of their events";
        if (Disks.Where(disk => !disk.IsGone).Sum(disk => disk.Requests.Count) is > 0 and var spilled)
            return $"{spilled} requests are in spills";
        var status = Journal.Status();
        return status.Unsealed + status.Pending > 0 ? $"{status.Unsealed} events are unsealed and {status.Pending} pending" : null;
    }

    /// <summary>What must hold once everything is quiet.</summary>
    private async Task CheckEndAsync()
    {
        Rules.CheckAnswered();
        Rules.CheckAllShipped();
        Lake.ReadAll();
        var deadline = Simulation.Now + Patience;
        while (await WhatRemainsAsync() is { } remains)
        {
            if (Simulation.Now > deadline)
            {
                Simulation.Fail("5: memory is bounded", remains);
                return;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), _stage.Clock);
        }

        var ledger = Journal.Ledger();
        Rules.CheckLedger(ledger);
        if (Plan.FaultPauseMax is null)
            Accounts.CheckExact(Simulation, ledger);
    }

    /// <summary>Nothing may stay behind in memory: requests, partitions that nobody uses, batches in the hand of a shipper.</summary>
    private async Task<string?> WhatRemainsAsync()
    {
        foreach (var host in Hosts.ToList())
        {
            if (host.Gate.Requests != 0 || host.Gate.Bytes != 0)
                return $"{host.Process.Name} counts {host.Gate.Requests} requests of {host.Gate.Bytes} bytes though there are none";
            if (!host.Health.CanStore(out var why))
                return $"{host.Process.Name} is not ready: {why}";
            if (host.Partitions.Count > 0)
                return $"{host.Process.Name} keeps {host.Partitions.Count} partitions in memory";
            if (await WhatShippersHoldAsync(host) is { } held)
                return held;
        }

        return null;
    }

    private async Task<string?> WhatShippersHoldAsync(Host host)
    {
        try
        {
            foreach (var shipper in await Network.CallAsync(_stage, host.Process, host.ShippersAsync))
            {
                if (shipper.InHand > 0 || shipper.Breaker == BreakerState.Open)
                    return $"{host.Process.Name} has a shipper with {shipper.InHand} batches in hand; its breaker is {shipper.Breaker}";
            }

            return null;
        }
        catch (NetworkException)
        {
            return $"{host.Process.Name} has just ended";
        }
    }

    /// <summary>Has as many processes as there should be, once nothing ends them any more.</summary>
    private async Task KeepHostsAsync()
    {
        while (true)
        {
            while (Hosts.Count < Plan.Processes || Disks.Any(disk => disk is { Owner: null, IsGone: false, Requests.Count: > 0 }))
                StartHost();
            await Task.Delay(TimeSpan.FromSeconds(1), _stage.Clock);
        }
    }
}
