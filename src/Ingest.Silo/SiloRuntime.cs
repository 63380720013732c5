using Ingest.Engine;
using Ingest.Grains;
using Ingest.Hosting;
using Ingest.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Dashboard;

namespace Ingest.Silo;

/// <summary>
/// A silo: partitions and shippers are grains, wherever in the cluster they are; the collector is in the same process.
/// </summary>
public sealed class SiloRuntime(SiloSettings settings) : IRuntime
{
    private readonly HostingOptions _options = new() { StepsDownWhenFenced = true };
    private readonly GrainOptions _grainOptions = new() { BalanceAfter = settings.BalanceAfter };
    private SiloServices? _silo;
    private IIntake? _intake;
    private ClusterReports? _reports;
    private WatcherNews? _watcher;
    private RequestDelegate? _dashboard;
    private PartitionsPage? _partitionsPage;

    public IIntake Intake => Opened(_intake);

    public StorageHealth Health { get; } = new();

    public IJournal Journal => Silo.Journal;

    public ILake Lake => Silo.Lake;

    public RelayHost? Relays => Silo.Relays;

    public TimeSpan LeaveDelay => settings.LeaveDelay;

    public string? AutomaticSetting => _watcher?.Automatic;

    private SiloServices Silo => Opened(_silo);

    public void Configure(WebApplicationBuilder builder, ServerPlan plan)
    {
        var sources = plan.Configuration.Catalogue;
        builder.Services
            .AddRouting()
            .AddSingleton(TimeProvider.System)
            .AddSingleton(_grainOptions)
            .AddSingleton(sources)
            .AddSingleton(services => new GrainLog(Logger(services)))
            .AddSingleton(services => new HostingLog(Logger(services)))
            .AddSingleton<LaneNotices>()
            .AddSingleton<PartitionCountsCache>()
            .AddSingleton<AutomaticSplits>()
            .AddSingleton<Balancer>()
            .AddSingleton<ClusterReports>()
            // Made before the silo starts, by OpenAsync, and closed by this class.
            .AddSingleton(_ => Silo);
        builder.UseOrleans(silo => SiloConfiguration.Apply(silo, settings, plan.Settings.Postgres));
        // After the silo: hosted services start in the order in which they were added, and stop in the opposite one.
        builder.Services.AddHostedService<SiloMember>();
        builder.Services.AddHostedService<LaneStarter>();
        builder.Services.AddSingleton<WatcherNews>().AddHostedService(services => services.GetRequiredService<WatcherNews>());
    }

    public async Task OpenAsync(WebApplication web, ServerPlan plan, HostingLog log)
    {
        var services = web.Services;
        var time = TimeProvider.System;
        var lake = await plan.Lake.OpenAsync(CancellationToken.None);
        var journal = await new PatientOpening(time, log).OpenAsync(() => plan.Journal.OpenAsync(onFault: log.OnJournalFault));
        var members = services.GetRequiredService<MembershipCheck>();
        var (notices, counts, splits) = (
            services.GetRequiredService<LaneNotices>(),
            services.GetRequiredService<PartitionCountsCache>(),
            services.GetRequiredService<AutomaticSplits>());
        var partitions = new PartitionHost(
            journal,
            plan.Limits,
            _options,
            new PartitionSurroundings
            {
                ValidatorOf = new Validators(plan.Configuration.Catalogue).Of,
                PartitionCountOf = counts.GetAsync,
                OnSealed = notices.Sealed,
                OnWritten = result =>
                {
                    Health.Observe(result);
                    if (result.Outcome == JournalOutcome.Fenced)
                        members.Ask();
                },
                OnPressure = splits.Pressure,
            },
            time,
            log);
        _silo = new SiloServices(
            journal, lake, plan.Limits, _options, _grainOptions, partitions, Health, settings.Roles.ToString().ToLowerInvariant());
        if (plan.Regions is not null)
            _silo.CreateWatcher = () => WatcherLoop.Create(plan, Health, lake, time, log);
        _watcher = services.GetRequiredService<WatcherNews>();
        var grains = services.GetRequiredService<IGrainFactory>();
        var isFrontend = settings.Roles.HasFlag(SiloRoles.Frontend);
        var intake = new ClusterIntake(_silo, counts, grains, time, services.GetRequiredService<GrainLog>());
        if (plan.Region.Name is not null)
        {
            // Not through the spill: what another region keeps safe need not lie on this disk.
            _silo.Relays = new RelayHost(
                plan.Region, lake, intake, journal, plan.Configuration.Catalogue, plan.Limits, _options, time, log);
            await _silo.Relays.State.StartAsync(CancellationToken.None);
        }

        _silo.Spill = await OpenSpillAsync(plan.Settings.Data, settings.Spills, intake, log, time);
        _intake = isFrontend ? _silo.Spill?.Intake ?? intake : new NoIntake();
        _reports = services.GetRequiredService<ClusterReports>();
        _partitionsPage = new PartitionsPage(grains);
        _dashboard = BuildDashboard(web);
    }

    public string? Explain(Exception exception) => exception is OrleansException or TimeoutException
        ? $"This silo could not join its cluster, so it ends: {exception.Message} Nothing is lost. Start it again; where that does not help, look whether it can reach the database and the other silos' ports."
        : null;

    public RequestDelegate? PageOf(PathString path) =>
        path.StartsWithSegments("/dashboard", StringComparison.Ordinal) ? _dashboard
        : path.Equals("/admin/partitions", StringComparison.Ordinal) ? Opened(_partitionsPage).HandleAsync
        : null;

    public Task<RuntimeReport> ReportAsync(CancellationToken cancellation) => Opened(_reports).ReportAsync(cancellation);

    public async Task DrainAsync(TimeSpan shipFor)
    {
        // Before the partitions seal what is open: it may belong to the same hour. Both share the time.
        var began = TimeProvider.System.GetTimestamp();
        if (Silo.Spill is { } spill)
            await spill.FinishAsync(shipFor);
        var report = await ReportAsync(CancellationToken.None);
        // Other workers go on where this silo stops; the last one has nobody. Where two stop at once, both drain: harmless.
        var isLast = !report.Silos.Any(silo =>
            silo.State == "active" && silo.Name != settings.Name && !string.Equals(silo.Roles, nameof(SiloRoles.Frontend), StringComparison.OrdinalIgnoreCase));
        if (isLast && settings.Roles.HasFlag(SiloRoles.Worker))
        {
            var left = shipFor - TimeProvider.System.GetElapsedTime(began);
            await FinalDrain.RunAsync(Silo.Partitions, left > TimeSpan.Zero ? left : TimeSpan.Zero, TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_silo is { } silo)
            await silo.CloseAsync();
    }

    /// <summary>Opens the spill; null where there is none. One that an earlier run left behind is drained in any case.</summary>
    private async Task<SpillHost?> OpenSpillAsync(string data, bool takesEvents, IIntake intake, HostingLog log, TimeProvider time)
    {
        var folder = Path.Combine(data, "spill");
        if (!takesEvents && !SqliteSpill.Exists(folder))
            return null;
        var spill = await SqliteSpill.OpenAsync(new SpillOptions
        {
            Folder = folder,
            BytesMax = settings.SpillBytesMax,
            OnFault = log.OnSpillFault,
        });
        return new SpillHost(spill, intake, Health, takesEvents, _options, time, log);
    }

    private static RequestDelegate BuildDashboard(IApplicationBuilder web)
    {
        var branch = web.New();
        branch.UseRouting();
        branch.UseEndpoints(endpoints => endpoints.MapOrleansDashboard("/dashboard"));
        return branch.Build();
    }

    private static ILogger Logger(IServiceProvider services) =>
        services.GetRequiredService<ILoggerFactory>().CreateLogger("Ingest.Silo");

    private static T Opened<T>(T? value)
        where T : class => value ?? throw new InvalidOperationException("The runtime is not open yet.");
}
