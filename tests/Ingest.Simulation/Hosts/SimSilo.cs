using System.Buffers;
using System.Globalization;
using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Simulation;

/// <summary>A silo of a cluster: the partitions and lanes that the directory gives it, and a collector.</summary>
internal sealed class SimSilo : Host
{
    private readonly World _world;
    private readonly Dictionary<PartitionId, SimGrain> _grains = [];
    private readonly Dictionary<int, SimLane> _lanes = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    private readonly SpillHost? _spill;

    // Never what a lane waits for: a wait that can be cancelled ends on a thread of the pool, out of the simulation.
    private readonly SemaphoreSlim _puts;

    public SimSilo(World world, string name)
        : base(world, name)
    {
        _world = world;
        _puts = new SemaphoreSlim(int.MaxValue);
        Partitions = new PartitionHost(
            Journal,
            world.Plan.Limits,
            world.Plan.Options,
            new PartitionSurroundings
            {
                ValidatorOf = _ => SimEvent.Validator.Instance,
                PartitionCountOf = source => ValueTask.FromResult(_counts.GetValueOrDefault(source, 1)),
                OnSealed = NoticeLane,
                OnWritten = Health.Observe,
            },
            Process.Clock,
            Log,
            Process.Work);
        var intake = new SimIntake(this, world);
        if (world.FreeDisk() is { } disk)
        {
            var spill = new SimSpill(world.Simulation, Process, disk);
            _spill = new SpillHost(world.Mistake.Wrap(spill), intake, Health, takesEvents: true, world.Plan.Options, Process.Clock, Log);
            world.Nemesis.Spoil(spill);
        }

        Intake = _spill?.Intake ?? intake;
    }

    public override StorageHealth Health { get; } = new();

    public override PartitionHost Partitions { get; }

    /// <summary>The membership has declared it dead; it may not know yet.</summary>
    public bool IsEvicted { get; set; }

    public IReadOnlyCollection<PartitionId> PartitionsHere => _grains.Keys;

    public IReadOnlyCollection<int> LanesHere => _lanes.Keys;

    protected override IIntake Intake { get; }

    public override Task StartAsync()
    {
        _world.Directory.Members.Add(this);
        Reload();
        Health.Started();
        Process.Start(() => Partitions.RunClockAsync(CancellationToken.None));
        Process.Start(() => new JournalWatch(Journal, Health, _world.Plan.Options, Process.Clock).RunAsync(CancellationToken.None));
        // In every silo: those that write the same manifests must not disturb each other.
        var manifests = new ManifestWriter(Journal, Lake, _world.Plan.Limits, Process.Clock);
        Process.Start(() => new ManifestLoop(manifests, _world.Plan.Options, Process.Clock, Log).RunAsync(CancellationToken.None));
        if (_spill is { } spill)
            Process.Start(() => spill.RunAsync(CancellationToken.None));
        Relaying?.Start();
        IsServing = true;
        return Task.CompletedTask;
    }

    /// <summary>The source's number of partitions; 0 where it is not known.</summary>
    public int CountOf(string source) => _counts.GetValueOrDefault(source);

    /// <summary>Takes note of a higher number of partitions.</summary>
    public void Learn(string source, int count) => _counts[source] = Math.Max(count, CountOf(source));

    public override void Reload()
    {
        foreach (var (source, count) in _world.Catalogue)
            Learn(source, count);
    }

    /// <summary>A call from another silo: events for a partition that should be here.</summary>
    public async Task<IntakeResult> OfferAsync(PartitionId id, byte[] bytes, int count)
    {
        var batches = new List<EventBatch>();
        try
        {
            EventBatchCodec.ReadAll(bytes, 1, batches);
            return await GrainOf(id).Actor.OfferAsync(batches[0], count);
        }
        finally
        {
            foreach (var batch in batches)
                batch.Dispose();
        }
    }

    /// <summary>A lane asks for a partition whose blocks should have been sealed long ago.</summary>
    public Task<bool> WakeAsync(PartitionId id)
    {
        GrainOf(id).Actor.Post(PartitionActor.HasUnsealed.Message);
        return Task.FromResult(true);
    }

    /// <summary>Makes an activation though the directory may know of another one, as a broken membership does.</summary>
    public void ActivateAgain(PartitionId id) => _grains[id] = new SimGrain(_world, this, id);

    public Task DeactivateAsync(PartitionId id) => _grains.TryGetValue(id, out var grain) ? grain.LeaveAsync() : Task.CompletedTask;

    /// <summary>An activation has ended.</summary>
    public void Left(PartitionId id, SimGrain grain)
    {
        if (_grains.GetValueOrDefault(id) == grain)
            _grains.Remove(id);
        if (!IsEvicted)
            _world.Directory.Remove(id, this);
    }

    public void StartLane(int lane)
    {
        if (!_lanes.ContainsKey(lane))
            _lanes[lane] = new SimLane(_world, this, lane, _puts);
    }

    public void StopLane(int lane)
    {
        if (_lanes.Remove(lane, out var running))
            running.Stop();
    }

    /// <summary>A call to a lane that should be here; starts it where it is not.</summary>
    public Task<bool> NoticeAsync(int lane)
    {
        if (!_lanes.ContainsKey(lane) && _world.Directory.OfLane(lane) == this)
            StartLane(lane);
        if (_lanes.TryGetValue(lane, out var running))
            running.Notice();
        return Task.FromResult(true);
    }

    public override async Task StopAsync()
    {
        IsServing = false;
        Health.Stopping();
        for (var waits = 0; Gate.Requests > 0 && waits < 50; waits++)
            await Task.Delay(TimeSpan.FromMilliseconds(100), Process.Clock);
        if (_spill is { } spill)
            await spill.FinishAsync(TimeSpan.FromSeconds(5));
        if (_world.Directory.Members is [var last] && last == this)
            await FinalDrain.RunAsync(Partitions, TimeSpan.FromSeconds(5), Process.Clock);
        await Task.WhenAll(_grains.Values.ToList().Select(grain => grain.LeaveAsync()));
        foreach (var lane in _lanes.Keys.ToList())
            StopLane(lane);
    }

    public override async Task<IReadOnlyList<ShipperStatus>> ShippersAsync()
    {
        var all = new List<ShipperStatus>();
        foreach (var lane in _lanes.Values.ToList())
            all.Add(await lane.StatusAsync());
        return all;
    }

    public static byte[] Encode(EventBatch batch)
    {
        var buffer = new ArrayBufferWriter<byte>();
        EventBatchCodec.Write(batch, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Process.Name}, {_grains.Count} partitions");

    private SimGrain GrainOf(PartitionId id)
    {
        if (_grains.TryGetValue(id, out var grain))
            return grain.IsLeaving ? throw new NetworkException("the activation is leaving") : grain;
        if (IsEvicted || !_world.Directory.IsAt(id, this))
            throw new NetworkException("the partition is not here");
        return _grains[id] = new SimGrain(_world, this, id);
    }

    /// <summary>Tells the lane of a partition that something was sealed; where that fails the lane looks by itself.</summary>
    private void NoticeLane(PartitionId partition)
    {
        var lane = Lane.Of(partition, _world.Plan.Lanes).Index;
        if (_world.Directory.OfLane(lane) is { } owner)
            _ = _world.Network.CallAsync(Process, owner.Process, () => owner.NoticeAsync(lane));
    }
}
