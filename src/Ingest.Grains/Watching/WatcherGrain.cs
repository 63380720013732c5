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
    private readonly GrainLoop _running = new(balancer);
    private WatcherLoop? _loop;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _loop = silo.CreateWatcher?.Invoke() ?? throw new InvalidOperationException("This silo has no regions.json, unlike the one that asks.");
        _running.Start(this, _loop.RunAsync, log.WatcherFailed);
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _running.StopAsync(cancellationToken);
        Dispose();
    }

    public void Dispose()
    {
        _loop?.Dispose();
        _running.Dispose();
    }

    public Task EnsureAsync() => WakeReminder.EnsureAsync(this, due: silo.Grains.ReminderPeriod, silo.Grains.ReminderPeriod);

    // Being activated is all that it takes.
    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;

    public Task<LeverState> ReportAsync()
    {
        var loop = _loop ?? throw new InvalidOperationException("The grain is not active.");
        return Task.FromResult(LeverState.Of(loop.Report, loop.Automatic));
    }
}
