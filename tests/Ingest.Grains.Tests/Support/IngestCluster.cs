using Ingest.Collector;
using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Storage;
using Ingest.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.TestingHost;

namespace Ingest.Grains.Tests;

/// <summary>
/// Silos in this process, put together as those of the product are, without HTTP. Journal, lake, reminders and grain
/// storage outlive them, as a database does.
/// </summary>
internal sealed class IngestCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ClusterSetup _setup;
    private readonly SourceCatalogue _sources;
    private readonly MemoryJournalStore _store = new();
    private readonly SharedStorage _states = new();
    private readonly InProcessTestCluster _cluster;

    // Replaced as a whole, since clients look at it all the time.
    private volatile IReadOnlyList<TestSilo> _silos = [];

    private IngestCluster(ClusterSetup setup)
    {
        _setup = setup;
        _sources = new SourceCatalogue(SourcesOf(setup.Sources));
        var builder = new InProcessTestClusterBuilder((short)setup.Silos);
        builder.Options.InitializeClientOnDeploy = false;
        builder.ConfigureSilo((_, silo) => Configure(silo));
        _cluster = builder.Build();
    }

    public IReadOnlyList<TestSilo> Silos => _silos;

    public SwitchedLake Lake { get; } = new(new MemoryLake());

    /// <summary>Calls of grains, counted and held up.</summary>
    public GrainCalls Calls { get; } = new();

    /// <summary>Whether silos that start from now on start the lanes, as those of the product do.</summary>
    public bool StartsLanes { get; set; } = true;

    public SharedReminders Reminders { get; } = new();

    public InProcessTestCluster Orleans => _cluster;

    public static async Task<IngestCluster> StartAsync(ClusterSetup? setup = null)
    {
        var cluster = new IngestCluster(setup ?? new ClusterSetup());
        await cluster._cluster.DeployAsync();
        cluster._silos = [.. cluster._cluster.Silos.Select(handle => new TestSilo(handle))];
        return cluster;
    }

    public async Task<TestSilo> AddSiloAsync()
    {
        var silo = new TestSilo(await _cluster.StartAdditionalSiloAsync());
        _silos = [.. _silos, silo];
        return silo;
    }

    /// <summary>
    /// Ends a silo on the spot: from here on it can write nothing, and says nothing to the others. They notice at once.
    /// </summary>
    public async Task KillAsync(TestSilo silo)
    {
        _silos = [.. _silos.Where(other => other != silo)];
        silo.IsAlive = false;
        await silo.Journal.DisposeAsync();
        await _cluster.KillSiloAsync(silo.Handle);
        if (_silos is [var witness, ..])
            await witness.Handle.ServiceProvider.GetRequiredService<IClusterMembershipService>().TryKill(silo.Handle.SiloAddress);
    }

    /// <summary>Stops a silo as the product does: it takes no new requests, answers the others, and hands its partitions over.</summary>
    public async Task StopAsync(TestSilo silo)
    {
        _silos = [.. _silos.Where(other => other != silo)];
        silo.Services.Health.Stopping();
        await UntilAsync(() => silo.InFlight == 0);
        await _cluster.StopSiloAsync(silo.Handle);
        await silo.Services.CloseAsync();
    }

    /// <summary>Puts another configuration in force on all silos.</summary>
    public void Configure(IReadOnlyDictionary<string, int> sources) => _sources.Replace(SourcesOf(sources));

    /// <summary>The silo where the partition's grain is; null where it is on none.</summary>
    public TestSilo? HostOf(PartitionId partition) => HostOfGrain(GrainId.Create("ingest.partition", partition.ToString()));

    /// <summary>The silo where a grain is; null where it is on none.</summary>
    public TestSilo? HostOfGrain(GrainId id) =>
        _cluster.TryGetGrainContext(id, out var grain)
            ? _silos.FirstOrDefault(silo => silo.Handle.SiloAddress.Equals(grain.Address.SiloAddress))
            : null;

    /// <summary>A handle of the journal of its own.</summary>
    public IJournal OpenJournal() => new MemoryJournal(_store);

    /// <summary>Every event id in the lake, once for each line that has it.</summary>
    public Task<List<string>> ReadLakeAsync() => TestEvents.ReadIdsAsync(Lake, TestContext.Current.CancellationToken);

    public async Task<List<LedgerRow>> ReadLedgerAsync()
    {
        var rows = new List<LedgerRow>();
        await foreach (var row in OpenJournal().ReadLedgerAsync(new LakeHour(0), TestContext.Current.CancellationToken))
            rows.Add(row);
        return rows;
    }

    /// <summary>Waits until the journal holds nothing that is not in the lake.</summary>
    /// <param name="patience">How long; that of all waits when null.</param>
    public async Task UntilShippedAsync(TimeSpan? patience = null)
    {
        JournalStatus? status = null;
        await Deadline.UntilAsync<object>(
            async () => (status = await OpenJournal().ReadStatusAsync(CancellationToken.None)) is { Unsealed: 0, Pending: 0 } ? this : null,
            patience ?? Patience,
            () => $"the journal holds {status}. {string.Join(", ", _silos.Select(silo => $"{silo.Handle.SiloAddress}: {silo.Partitions.Count} partitions"))}. Calls: {Calls}.");
    }

    /// <summary>Waits until all is shipped; then every id must be in the lake once, and the ledger must add up.</summary>
    public async Task AssertOnceInLakeAsync(IEnumerable<string> ids, TimeSpan? patience = null)
    {
        await UntilShippedAsync(patience);
        Assert.Equal(ids.Order(StringComparer.Ordinal), (await ReadLakeAsync()).Order(StringComparer.Ordinal));
        Assert.All(await ReadLedgerAsync(), row => Assert.Empty(Conservation.Violations(row)));
    }

    /// <summary>Waits until something holds; fails when it does not in a long time.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, TimeSpan? patience = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(patience ?? Patience);
        while (!await holds())
            await Task.Delay(20, deadline.Token);
    }

    public static Task UntilAsync(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    public async ValueTask DisposeAsync()
    {
        Calls.Release();
        await _cluster.DisposeAsync();
        foreach (var silo in _silos)
            await silo.Services.CloseAsync();
    }

    private static SourceSet SourcesOf(IReadOnlyDictionary<string, int> sources) => new(
        [.. sources.Select(source => new Source { Name = source.Key, Partitions = source.Value, Validator = new AcceptAll() })],
        new AcceptAll());

    private void Configure(ISiloBuilder silo)
    {
        silo.Configure<ClusterMembershipOptions>(membership =>
            {
                // A machine that is busy with other tests must not look like a dead silo; who is dead is said by KillAsync.
                membership.ProbeTimeout = TimeSpan.FromMinutes(5);
            })
            .Configure<ReminderOptions>(reminders => reminders.MinimumReminderPeriod = TimeSpan.FromMilliseconds(100))
            .AddReminders()
            .AddIngestGrains()
            .AddIncomingGrainCallFilter(Calls.InvokeAsync);
        silo.Services
            .AddSingleton<IReminderTable>(Reminders)
            .AddSingleton(TimeProvider.System)
            .AddSingleton(_setup.Grains)
            .AddSingleton(_sources)
            .AddSingleton(new GrainLog(NullLogger.Instance))
            .AddSingleton(new HostingLog(NullLogger.Instance))
            .AddSingleton<LaneNotices>()
            .AddSingleton<PartitionCountsCache>()
            .AddSingleton<AutomaticSplits>()
            .AddSingleton<Balancer>()
            .AddSingleton<ClusterReports>()
            .AddSingleton<ClusterIntake>()
            .AddSingleton(OpenSilo);
        silo.Services.AddKeyedSingleton(
            SiloServices.StorageName, (services, _) => _states.For(services.GetRequiredService<Serializer>()));
        silo.Services.AddHostedService<SiloMember>();
        if (StartsLanes)
            silo.Services.AddHostedService<LaneStarter>();
    }

    private SiloServices OpenSilo(IServiceProvider services)
    {
        var journal = new ScriptedJournal(OpenJournal());
        var health = new StorageHealth();
        var partitions = new PartitionHost(
            journal,
            _setup.Limits,
            _setup.Hosting,
            new PartitionSurroundings
            {
                ValidatorOf = new Validators(_sources).Of,
                PartitionCountOf = services.GetRequiredService<PartitionCountsCache>().GetAsync,
                OnSealed = services.GetRequiredService<LaneNotices>().Sealed,
                OnWritten = health.Observe,
                OnPressure = services.GetRequiredService<AutomaticSplits>().Pressure,
            },
            TimeProvider.System,
            services.GetRequiredService<HostingLog>());
        var silo = new SiloServices(journal, Lake, _setup.Limits, _setup.Hosting, _setup.Grains, partitions, health, "all");
        if (_setup.Primary is { } primary)
        {
            silo.Relays = new RelayHost(
                new RegionSettings { Name = "west", Role = RegionRole.Receiver },
                Lake,
                new NoIntake(),
                journal,
                _sources,
                _setup.Limits,
                _setup.Hosting,
                TimeProvider.System,
                services.GetRequiredService<HostingLog>(),
                primary);
        }

        return silo;
    }

    /// <summary>The way in of a promoted region; no test promotes one.</summary>
    private sealed class NoIntake : IIntake
    {
        public ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch) => throw new NotSupportedException();
    }
}
