using Ingest.Hosting;

namespace Ingest.Grains;

/// <summary>
/// Hosts the manifest loop of the cluster. While it is active the loop runs; a reminder wakes it when no process remembers
/// it. Two activations at once write the same bytes under the same keys.
/// </summary>
[GrainType("ingest.manifests"), CollectionAgeLimit(AlwaysActive = true), BalancedPlacement]
public sealed class ManifestGrain(SiloServices silo, Balancer balancer, TimeProvider time, GrainLog log, HostingLog hostingLog)
    : Grain, IManifestGrain, IRemindable, IDisposable
{
    private readonly GrainLoop _running = new(balancer);
    private ManifestLoop? _loop;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _loop = silo.CreateManifestLoop(time, hostingLog);
        _running.Start(this, _loop.RunAsync, log.ManifestsFailed);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _running.StopAsync(cancellationToken);

    public void Dispose() => _running.Dispose();

    public Task EnsureAsync() => WakeReminder.EnsureAsync(this, due: silo.Grains.ReminderPeriod, silo.Grains.ReminderPeriod);

    // Being activated is all that it takes.
    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;

    public Task<ManifestState> ReportAsync()
    {
        var report = (_loop ?? throw new InvalidOperationException("The grain is not active.")).Report;
        return Task.FromResult(
            new ManifestState(report.LastHour, report.WaitsFor, report.Failure, report.FailingSince?.UnixMilliseconds));
    }
}
