using Ingest.Engine;
using Ingest.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Ingest.Node;

/// <summary>The single process: nothing to install, nothing to join.</summary>
public sealed class NodeRuntime : IRuntime
{
    private readonly CancellationTokenSource _stop = new();
    private NodeHost? _node;
    private WatcherLoop? _watcher;
    private Task _watching = Task.CompletedTask;

    public IIntake Intake => Node.Intake;

    public StorageHealth Health => Node.Health;

    public IJournal Journal => Node.Journal;

    public ILake Lake => Node.Lake;

    public RelayHost? Relays => Node.Relays;

    // Nobody else could take over.
    public TimeSpan LeaveDelay => TimeSpan.Zero;

    public string? AutomaticSetting => _watcher?.Automatic;

    private NodeHost Node => _node ?? throw new InvalidOperationException("The runtime is not open yet.");

    public void Configure(WebApplicationBuilder builder, ServerPlan plan)
    {
        // It needs nothing of the host.
    }

    public async Task OpenAsync(WebApplication web, ServerPlan plan, HostingLog log)
    {
        var lake = await plan.Lake.OpenAsync(CancellationToken.None);
        var journal = await plan.Journal.OpenAsync(onFault: log.OnJournalFault);
        _node = new NodeHost(
            journal, lake, plan.Configuration.Catalogue, plan.Limits, new HostingOptions(), TimeProvider.System, log, region: plan.Region);
        await _node.StartAsync(CancellationToken.None);
        _watcher = WatcherLoop.Create(plan, _node.Health, lake, TimeProvider.System, log);
        _watching = _watcher?.RunAsync(_stop.Token) ?? Task.CompletedTask;
    }

    public RequestDelegate? PageOf(PathString path) => null;

    public async Task<RuntimeReport> ReportAsync(CancellationToken cancellation) => new(
        ShippingReports.Describe(await Node.ShipperStatusAsync().WaitAsync(cancellation), Journal.Id),
        Node.Partitions.Count,
        Node.Partitions.IdCount,
        [],
        Node.Manifests,
        Node.Bridge,
        _watcher?.Report);

    public Task DrainAsync(TimeSpan shipFor) => Node.DrainAsync(shipFor);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _watcher?.Dispose();
        if (_node is not null)
            await _node.DisposeAsync();
        _stop.Dispose();
    }
}
