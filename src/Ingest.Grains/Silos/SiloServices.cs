using System.Security.Cryptography;
using Ingest.Collector;
using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Grains;

/// <summary>What the grains of one silo share: its storage, the partitions in its memory, and its limits.</summary>
public sealed class SiloServices : IDisposable
{
    /// <summary>Name of the grain storage that grains with state use.</summary>
    public const string StorageName = "ingest";

    private readonly SemaphoreSlim _puts;

    public SiloServices(
        IJournal journal,
        ILake lake,
        Limits limits,
        HostingOptions options,
        GrainOptions grains,
        PartitionHost partitions,
        StorageHealth health,
        string roles)
    {
        Journal = journal;
        Lake = lake;
        Limits = limits;
        Options = options;
        Grains = grains;
        Partitions = partitions;
        Health = health;
        Roles = roles;
        RemoteGate = new ConcurrencyGate(grains.RemoteCallsMax, grains.RemoteBytesMax);
        _puts = new SemaphoreSlim(limits.ShipConcurrency);
    }

    public IJournal Journal { get; }

    public ILake Lake { get; }

    public Limits Limits { get; }

    public HostingOptions Options { get; }

    public GrainOptions Grains { get; }

    /// <summary>The partitions in this silo's memory.</summary>
    public PartitionHost Partitions { get; }

    /// <summary>Bounds calls from other silos.</summary>
    public ConcurrencyGate RemoteGate { get; }

    public StorageHealth Health { get; }

    /// <summary>What keeps events on this silo's disk while the journal is away; null where there is none. Set before the silo starts.</summary>
    public SpillHost? Spill { get; set; }

    /// <summary>What relays need; null for a lone region. Set before the silo starts.</summary>
    public RelayHost? Relays { get; set; }

    /// <summary>Makes the watcher of the region; null where there is no lever. Set before the silo starts.</summary>
    public Func<WatcherLoop?>? CreateWatcher { get; set; }

    /// <summary><c>frontend</c>, <c>worker</c> or <c>all</c>.</summary>
    public string Roles { get; }

    /// <summary>Makes the shipper of a lane; all lanes of the silo share the number of puts at once.</summary>
    internal ShipperLoop CreateShipper(Lane lane, TimeProvider time, HostingLog log) => new(
        lane,
        new Shipper(Limits, new Random(RandomNumberGenerator.GetInt32(int.MaxValue))),
        new ShipWorker(Journal, Lake, Limits, time),
        Journal,
        _puts,
        time,
        log);

    internal ManifestLoop CreateManifestLoop(TimeProvider time, HostingLog log) =>
        new(new ManifestWriter(Journal, Lake, Limits, time), Options, time, log);

    public async Task CloseAsync()
    {
        if (Spill is not null)
            await Spill.DisposeAsync();
        Relays?.Dispose();
        Partitions.Dispose();
        await Journal.DisposeAsync();
        (Lake as IDisposable)?.Dispose();
    }

    public void Dispose() => _puts.Dispose();
}
