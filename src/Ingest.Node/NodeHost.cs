using Ingest.Collector;
using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Node;

/// <summary>
/// The single process but its HTTP side: puts journal, lake, partitions and shipper together, runs them, and takes them
/// apart in the order in which nothing is lost.
/// </summary>
internal sealed class NodeHost : IAsyncDisposable
{
    private readonly HostingOptions _options;
    private readonly HostingLog _log;
    private readonly TimeProvider _time;
    private readonly IWorkScheduler _work;
    private readonly ShipperLoop _shipper;
    private readonly SemaphoreSlim _puts;
    private readonly PartitionCounts _counts;
    private readonly ManifestLoop _manifests;
    private readonly BridgeLoop? _bridge;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];

    /// <param name="journal">The journal; disposed with the host.</param>
    /// <param name="lake">The lake; disposed with the host.</param>
    /// <param name="sources">The sources, reloaded by somebody else.</param>
    /// <param name="limits">Limits of the engine.</param>
    /// <param name="options">Limits of the runtime.</param>
    /// <param name="time">Clock and timers.</param>
    /// <param name="log">Operational events.</param>
    /// <param name="work">Where everything runs; the thread pool where null.</param>
    /// <param name="region">Which region this is; a lone one where null.</param>
    /// <param name="link">The way to the primary; the one of the region's settings where null.</param>
    public NodeHost(
        IJournal journal,
        ILake lake,
        SourceCatalogue sources,
        Limits limits,
        HostingOptions options,
        TimeProvider time,
        HostingLog log,
        IWorkScheduler? work = null,
        RegionSettings? region = null,
        IRelayLink? link = null)
    {
        Journal = journal;
        Lake = lake;
        _options = options;
        _time = time;
        _log = log;
        _work = work ?? ThreadPoolScheduler.Instance;
        _shipper = new ShipperLoop(
            Lane.All,
            new Shipper(limits, _work.Random),
            new ShipWorker(journal, lake, limits, time),
            journal,
            _puts = new SemaphoreSlim(limits.ShipConcurrency),
            time,
            log,
            _work);
        _manifests = new ManifestLoop(new ManifestWriter(journal, lake, limits, time), options, time, log);
        _counts = new PartitionCounts(sources, journal, options, time, log);
        Partitions = new PartitionHost(
            journal,
            limits,
            options,
            new PartitionSurroundings
            {
                ValidatorOf = new Validators(sources).Of,
                PartitionCountOf = source => ValueTask.FromResult(_counts.Of(source)),
                OnSealed = _ => _shipper.Notice(),
                OnWritten = Health.Observe,
            },
            time,
            log,
            _work);
        Intake = new NodeIntake(Partitions, _counts);
        if (region is { Name: not null })
        {
            Relays = new RelayHost(region, lake, Intake, journal, sources, limits, options, time, log, link);
            _bridge = Relays.CreateBridge();
        }
    }

    public IJournal Journal { get; }

    public ILake Lake { get; }

    public IIntake Intake { get; }

    public StorageHealth Health { get; } = new();

    public PartitionHost Partitions { get; }

    /// <summary>What relays need; null for a lone region.</summary>
    public RelayHost? Relays { get; }

    public BridgeReport? Bridge => _bridge?.Report;

    public ManifestReport Manifests => _manifests.Report;

    public Task<ShipperStatus> ShipperStatusAsync() => _shipper.StatusAsync();

    /// <summary>Starts shipping what an earlier run left, and sealing what it left open. Events may be offered from here on.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        await _counts.StartAsync(cancellation);
        if (Relays is not null)
            await Relays.State.StartAsync(cancellation);
        await Partitions.WakeUnsealedAsync(new Instant(long.MaxValue), cancellation);
        _shipper.Notice();
        _loops.Add(_work.Run(() => _shipper.RunAsync(_stop.Token)));
        _loops.Add(_work.Run(() => Partitions.RunClockAsync(_stop.Token)));
        _loops.Add(_work.Run(() => new JournalWatch(Journal, Health, _options, _time).RunAsync(_stop.Token)));
        _loops.Add(_work.Run(() => _counts.RunAsync(_stop.Token)));
        _loops.Add(_work.Run(() => _manifests.RunAsync(_stop.Token)));
        _loops.Add(_work.Run(() => FindForgottenAsync(_stop.Token)));
        if (Relays is not null && _bridge is not null)
        {
            _loops.Add(_work.Run(() => Relays.State.WatchAsync(_stop.Token)));
            _loops.Add(_work.Run(() => _bridge.RunAsync(_stop.Token)));
        }

        Health.Started();
    }

    /// <summary>
    /// Stores, seals and ships what is open. To be called when no request is under way any more. What is not shipped in
    /// time is safe in the journal.
    /// </summary>
    /// <param name="shipFor">How long to go on shipping.</param>
    public Task DrainAsync(TimeSpan shipFor) => FinalDrain.RunAsync(Partitions, shipFor, _time);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
        Relays?.Dispose();
        Partitions.Dispose();
        _puts.Dispose();
        await Journal.DisposeAsync();
        (Lake as IDisposable)?.Dispose();
        _stop.Dispose();
    }

    private async Task FindForgottenAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(_options.UnsealedPeriod, _time);
        while (await NextAsync(timer, stop))
        {
            try
            {
                // A seal whose answer was lost may be stored, and nobody has told the shipper.
                _shipper.Notice();
                // All of them, whatever their age: a wall clock that was ahead may have stamped them in the future.
                await Partitions.WakeUnsealedAsync(new Instant(long.MaxValue), stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // The watch tells the operator that the journal cannot be read; the next round looks again.
                _log.UnsealedNotRead(exception);
            }
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
