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
    private const string ReminderName = "wake";

    private readonly CancellationTokenSource _stop = new();
    private BridgeLoop? _loop;
    private Task _running = Task.CompletedTask;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // A silo that was started without the region's options; it leaves the bridge to the others.
        if (silo.Relays is not { } relays)
        {
            DeactivateOnIdle();
            return Task.CompletedTask;
        }

        _loop = relays.CreateBridge();
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

    // Being activated is all that it takes, unless no region has a bridge any more.
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (silo.Relays is null && await this.GetReminder(ReminderName) is { } reminder)
            await this.UnregisterReminder(reminder);
    }

    public Task<BridgeState?> ReportAsync() => Task.FromResult(_loop?.Report is { } report ? BridgeState.Of(report) : null);

    private async Task RunAsync(BridgeLoop loop, IGrainContext context)
    {
        try
        {
            await loop.RunAsync(_stop.Token);
        }
        catch (Exception exception)
        {
            // Another activation, woken by the reminder at the latest, goes on where the lake stands.
            log.BridgeGrainFailed(exception);
            context.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, exception, "its loop failed"));
        }
    }
}
