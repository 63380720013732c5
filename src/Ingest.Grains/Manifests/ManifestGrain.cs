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
    private const string ReminderName = "wake";

    private readonly CancellationTokenSource _stop = new();
    private ManifestLoop? _loop;
    private Task _running = Task.CompletedTask;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _loop = silo.CreateManifestLoop(time, hostingLog);
        var (loop, context) = (_loop, GrainContext);
        _running = Task.Run(() => RunAsync(loop, context), CancellationToken.None);
        balancer.Arrived(this.GetGrainId(), MigrateOnIdle);
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        balancer.Left(this.GetGrainId());
        await _stop.CancelAsync();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    public void Dispose() => _stop.Dispose();

    public async Task EnsureAsync()
    {
        if (await this.GetReminder(ReminderName) is null)
            await this.RegisterOrUpdateReminder(ReminderName, silo.Grains.ReminderPeriod, silo.Grains.ReminderPeriod);
    }

    // Being activated is all that it takes.
    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;

    public Task<ManifestState> ReportAsync()
    {
        var report = (_loop ?? throw new InvalidOperationException("The grain is not active.")).Report;
        return Task.FromResult(
            new ManifestState(report.LastHour, report.WaitsFor, report.Failure, report.FailingSince?.UnixMilliseconds));
    }

    private async Task RunAsync(ManifestLoop loop, IGrainContext context)
    {
        try
        {
            await loop.RunAsync(_stop.Token);
        }
        catch (Exception exception)
        {
            // Another activation, woken by the reminder at the latest, goes on from the journal.
            log.ManifestsFailed(exception);
            context.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, exception, "its loop failed"));
        }
    }
}
