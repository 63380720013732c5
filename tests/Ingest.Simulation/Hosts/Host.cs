using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Simulation;

/// <summary>A process of the product, as clients and operators meet it: a front door with its bounds, and a runtime behind it.</summary>
internal abstract class Host
{
    public const int Stored = 200;
    public const int Unavailable = 503;

    private readonly World _world;

    protected Host(World world, string name)
    {
        _world = world;
        Process = new SimProcess(world.Simulation, name, world.Plan.ClockOffset);
        if (world.Plan.ClockErrorMax > TimeSpan.Zero)
        {
            Process.Clock.Drift = world.Simulation.Chance.Of(0, 0, 0.01, -0.01);
            Process.Clock.SetWrongBy(world.Plan.DrawClockError(world.Simulation.Chance));
        }

        Gate = world.Mistake.Gate(world.Plan.RequestsMax, world.Plan.RequestBytesMax);
        var journal = new SimJournal(world.Simulation, Process, world.Journal, world.Rules, world.Plan.Options);
        Journal = world.Mistake.Wrap(journal, Process);
        var lake = new SimLake(world.Simulation, Process, world.Lake, world.Plan.PutsMax);
        Lake = world.Mistake.Wrap(lake, Process);
        Log = new HostingLog(new TraceLogger(world.Simulation, Process), Process.Clock);
        if (world.Region is not null)
            Relaying = new HostRelaying(world, this, () => Intake);
    }

    public SimProcess Process { get; }

    public IFrontGate Gate { get; }

    public IJournal Journal { get; }

    public ILake Lake { get; }

    public HostingLog Log { get; }

    /// <summary>Ids that a mistake marks as known.</summary>
    public HashSet<UInt128> Marks { get; } = [];

    /// <summary>Requests come here.</summary>
    public bool IsServing { get; protected set; }

    public abstract StorageHealth Health { get; }

    public abstract PartitionHost Partitions { get; }

    /// <summary>What it does as one of two regions; null where its region is alone.</summary>
    public HostRelaying? Relaying { get; }

    protected abstract IIntake Intake { get; }

    /// <summary>Starts it, in its process.</summary>
    public abstract Task StartAsync();

    /// <summary>Stops it in good order, in its process.</summary>
    public abstract Task StopAsync();

    /// <summary>Its configuration changed.</summary>
    public abstract void Reload();

    /// <summary>What its shippers hold.</summary>
    public abstract Task<IReadOnlyList<ShipperStatus>> ShippersAsync();

    /// <summary>Takes a request as the collector does, and answers it. In its process.</summary>
    public async Task<int> HandleAsync(string source, IReadOnlyList<SimEvent> events)
    {
        if (!IsServing || !Health.CanStore(out _) || !Gate.TryEnter())
            return Unavailable;
        try
        {
            using var batch = new EventBatch();
            batch.Collector = batch.Append("""{"protocol":"json"}"""u8);
            foreach (var sent in events)
                sent.AddTo(batch);
            if (!Gate.TryReserve(batch.Bytes.Length))
                return Unavailable;
            try
            {
                return Judge(events, await _world.Mistake.Wrap(Relaying?.Intake ?? Intake, this).AcceptAsync(source, batch));
            }
            finally
            {
                Gate.Release(batch.Bytes.Length);
            }
        }
        finally
        {
            Gate.Leave();
        }
    }

    private int Judge(IReadOnlyList<SimEvent> events, IntakeResult result)
    {
        _world.Accounts.Answered(events.Count, result);
        switch (result.Outcome)
        {
            case IntakeOutcome.Stored:
                if (result.Accepted + result.Quarantined + result.Duplicates != events.Count)
                    _world.Simulation.Fail("8: conservation", $"{result} for a request of {events.Count} events");
                _world.Rules.OnAnsweredWithSuccess(events);
                return Stored;
            case IntakeOutcome.Moved:
                _world.Simulation.Fail("1: success means durable", "a client was told that its partition moved");
                return Unavailable;
            default:
                return Unavailable;
        }
    }
}
