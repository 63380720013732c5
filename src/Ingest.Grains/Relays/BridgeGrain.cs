using Ingest.Hosting;

namespace Ingest.Grains;

/// <summary>
/// Hosts the bridge of the cluster's region. While it is active it delivers; a reminder wakes it when no process remembers it.
/// Two activations at once are harmless: the second delivers duplicates, or finds what the first left.
/// </summary>
[GrainType("ingest.bridge"), CollectionAgeLimit(AlwaysActive = true), BalancedPlacement]
public sealed class BridgeGrain(SiloServices silo, Balancer balancer, GrainLog log)
    : Grain, IBridgeGrain, IRemindable, IDisposable
{
    private readonly GrainLoop _running = new(balancer);
    private BridgeLoop? _loop;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // A silo that was started without the region's options; it leaves the bridge to the others.
        if (silo.Relays is not { } relays)
        {
            DeactivateOnIdle();
            return Task.CompletedTask;
        }

        _loop = relays.CreateBridge();
        _running.Start(this, _loop.RunAsync, log.BridgeGrainFailed);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _running.StopAsync(cancellationToken);

    public void Dispose() => _running.Dispose();

    public Task EnsureAsync() => WakeReminder.EnsureAsync(this, due: silo.Grains.ReminderPeriod, silo.Grains.ReminderPeriod);

    // Being activated is all that it takes, unless no region has a bridge any more.
    public Task ReceiveReminder(string reminderName, TickStatus status) =>
        silo.Relays is null ? WakeReminder.RemoveAsync(this) : Task.CompletedTask;

    public Task<BridgeState?> ReportAsync() => Task.FromResult(_loop?.Report is { } report ? BridgeState.Of(report) : null);
}
