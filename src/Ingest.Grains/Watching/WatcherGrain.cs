using Ingest.Hosting;

namespace Ingest.Grains;

/// <summary>
/// Hosts the region's watcher. While it is active its loop runs; a reminder wakes it when no process remembers it. Two
/// activations at once are harmless: they decide alike, and each move is a compare-and-set.
/// </summary>
[GrainType("ingest.watcher"), CollectionAgeLimit(AlwaysActive = true), BalancedPlacement]
public sealed class WatcherGrain(SiloServices silo, Balancer balancer, GrainLog log)
    : Grain, IWatcherGrain, IRemindable, IDisposable
{
    private const string ReminderName = "wake";

    private readonly CancellationTokenSource _stop = new();
    private WatcherLoop? _loop;
    private Task _running = Task.CompletedTask;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _loop = silo.CreateWatcher?.Invoke() ?? throw new InvalidOperationException("This silo has no regions.json, unlike the one that asks.");
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
        Dispose();
    }

    public void Dispose()
    {
        _loop?.Dispose();
        _stop.Dispose();
    }

    public async Task EnsureAsync()
    {
        if (await this.GetReminder(ReminderName) is null)
            await this.RegisterOrUpdateReminder(ReminderName, silo.Grains.ReminderPeriod, silo.Grains.ReminderPeriod);
    }

    // Being activated is all that it takes.
    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;

    public Task<LeverState> ReportAsync()
    {
        var loop = _loop ?? throw new InvalidOperationException("The grain is not active.");
        return Task.FromResult(LeverState.Of(loop.Report, loop.Automatic));
    }

    private async Task RunAsync(WatcherLoop loop, IGrainContext context)
    {
        try
        {
            await loop.RunAsync(_stop.Token);
        }
        catch (Exception exception)
        {
            // Another activation, woken by the reminder at the latest, goes on from the lever as it stands.
            log.WatcherFailed(exception);
            context.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, exception, "its loop failed"));
        }
    }
}
