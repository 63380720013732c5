using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>
/// One history: trackers, processes, journal, lake, and what goes wrong among them; then everything is mended, and all
/// that was accepted must ship.
/// </summary>
internal sealed class World : IFront
{
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReaderPauseMax = TimeSpan.FromSeconds(30);

    private readonly List<Tracker> _trackers = [];
    private readonly SimProcess _stage;
    private int _events;
    private int _hostNames;
    private bool _isOver;

    /// <param name="simulation">Time and order.</param>
    /// <param name="plan">What it is like.</param>
    /// <param name="mistake">A mistake to be made.</param>
    /// <param name="region">Its place among regions; null where it is alone.</param>
    public World(Simulation simulation, HistoryPlan plan, Mistake mistake, SimRegion? region = null)
    {
        (Simulation, Plan, Mistake, Region) = (simulation, plan, mistake, region);
        Rules = new Rules(Simulation, Plan.Limits, region?.Rules);
        Network = new Network(Simulation);
        Journal = new JournalServer(Simulation, Rules, isEmbedded: !Plan.IsCluster, losesSynced: mistake.LosesSynced, $"simulat{region?.Name[0] ?? 'e'}");
        Lake = new LakeServer(Simulation, Rules);
        Clients = new SimProcess(Simulation, "clients");
        _stage = new SimProcess(Simulation, "stage");
        foreach (var (source, count) in Plan.Sources)
            Catalogue[source] = count;
        Directory = new Directory(this);
        Nemesis = new Nemesis(this, _stage);
    }

    public Mistake Mistake { get; }

    public SimRegion? Region { get; }

    public Simulation Simulation { get; }

    public HistoryPlan Plan { get; }

    public Rules Rules { get; }

    public Accounts Accounts { get; } = new();

    public Network Network { get; }

    public JournalServer Journal { get; }

    public LakeServer Lake { get; }

    public Directory Directory { get; }

    public SimProcess Clients { get; }

    public Nemesis Nemesis { get; }

    /// <summary>Processes that are alive, those that only believe it included.</summary>
    public List<Host> Hosts { get; } = [];

    /// <summary>Disks of spills, also those whose process has ended.</summary>
    public List<SpillDisk> Disks { get; } = [];

    /// <summary>The number of partitions of every source, as configured or as the cluster's catalogue has it.</summary>
    public SortedDictionary<string, int> Catalogue { get; } = new(StringComparer.Ordinal);

    public bool IsCalm { get; private set; }

    private Chance Chance => Simulation.Chance;

    /// <summary>Runs a history of this world alone to its end.</summary>
    public void Run()
    {
        _stage.Start(PlayAsync);
        Simulation.Run(() => _isOver);
    }

    /// <summary>Starts its processes.</summary>
    public void Open()
    {
        Simulation.Note("stage", Plan.ToString());
        for (var i = 0; i < Plan.Processes; i++)
            StartHost();
        _stage.Start(KeepLanesAsync);
        _stage.Start(ReadLakeAsync);
    }

    /// <summary>Nothing goes wrong from here on.</summary>
    public void CalmDown()
    {
        Nemesis.Mend();
        Simulation.Note("stage", "all is mended");
        IsCalm = true;
        _stage.Start(KeepHostsAsync);
    }

    /// <summary>Some process lives that is not frozen.</summary>
    public bool IsAlive => Hosts.Any(host => !host.Process.IsFrozen);

    /// <summary>Some process can store events.</summary>
    public bool IsReady => Hosts.Any(host => host.IsServing && !host.Process.IsFrozen && host.Health.CanStore(out _));

    public TimeSpan EventPauseMax => Plan.EventPauseMax;

    public SimEvent NextEvent(string source)
    {
        var made = new SimEvent(source, _events++);
        Rules.OnSent(made);
        return made;
    }

    public SourceSet SourceSet() => new(
        [.. Catalogue.Where(source => !RelaySource.IsRelay(source.Key)).Select(source => new Source { Name = source.Key, FixedSchema = SimEvent.Schema, Validator = SimEvent.Validator.Instance, Partitions = source.Value })],
        SimEvent.Validator.Instance);

    /// <summary>Starts a process.</summary>
    public void StartHost()
    {
        var name = $"{Region?.Prefix}{(Plan.IsCluster ? "silo" : "node")}{++_hostNames}";
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
        Open();
        for (var i = 0; i < Plan.Trackers; i++)
        {
            var tracker = new Tracker(this, Chance.OfList(TrackerKind.All), Chance.OfList([.. Plan.Sources.Keys]), Plan.EventsOfTracker);
            _trackers.Add(tracker);
            Clients.Start(tracker.RunAsync);
        }

        await Nemesis.RageAsync();
        CalmDown();
        await Patient.UntilAsync(
            Simulation, _stage.Clock, "liveness: everything accepted ships", () => ValueTask.FromResult(WhatTrackersKeep(_trackers) ?? WhatIsMissing()));
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

    /// <summary>Trackers that are not done; null where all are.</summary>
    public static string? WhatTrackersKeep(IEnumerable<Tracker> trackers) =>
        trackers.Count(tracker => !tracker.IsDone) is > 0 and var busy ? $"{busy} trackers cannot get rid of their events" : null;

    /// <summary>What was accepted and is not in the lake; null where all is.</summary>
    public string? WhatIsMissing()
    {
        if (Disks.Where(disk => !disk.IsGone).Sum(disk => disk.Requests.Count) is > 0 and var spilled)
            return $"{spilled} requests are in spills";
        var status = Journal.Status();
        return status.Unsealed + status.Pending > 0 ? $"{status.Unsealed} events are unsealed and {status.Pending} pending" : null;
    }

    /// <summary>What must hold once everything is quiet.</summary>
    public async Task CheckEndAsync()
    {
        Rules.CheckAnswered();
        Rules.CheckAllShipped();
        Lake.ReadAll();
        await Patient.UntilAsync(Simulation, _stage.Clock, "5: memory is bounded", WhatRemainsAsync);
        var ledger = Journal.Ledger();
        Rules.CheckLedger(ledger);
        // What comes from another region is counted here, and answered there.
        if (Plan.FaultPauseMax is null && Region is null)
            Accounts.CheckExact(Simulation, ledger);
    }

    /// <summary>Nothing may stay behind in memory: requests, partitions that nobody uses, batches in the hand of a shipper.</summary>
    private async ValueTask<string?> WhatRemainsAsync()
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
