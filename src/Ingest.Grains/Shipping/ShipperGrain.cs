using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Grains;

/// <summary>
/// Hosts the shipper of one lane. While it is active a loop ships; a reminder wakes it when no process remembers the
/// lane, and timers do all the rest.
/// </summary>
[GrainType("ingest.shipper"), CollectionAgeLimit(AlwaysActive = true), BalancedPlacement]
public sealed class ShipperGrain(
    SiloServices silo, Balancer balancer, ILocalSiloDetails where, TimeProvider time, GrainLog log, HostingLog hostingLog)
    : Grain, IShipperGrain, IRemindable, IDisposable
{
    private readonly GrainLoop _shipping = new(balancer);
    private ShipperLoop? _shipper;
    private Lane _lane;
    private int _looks;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _lane = new Lane((int)this.GetPrimaryKeyLong(), GrainOptions.Lanes);
        _shipper = silo.CreateShipper(_lane, time, hostingLog);
        _shipping.Start(this, _shipper.RunAsync, exception => log.LaneFailed(exception, _lane));
        StartTimer(WakeUnsealedAsync, TimeSpan.FromSeconds(1), silo.Options.UnsealedPeriod);
        log.LaneStarted(_lane);
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _shipping.StopAsync(cancellationToken);
        log.LaneStopped(_lane, reason.ReasonCode);
    }

    public void Dispose() => _shipping.Dispose();

    // Due times are spread, so that not all lanes ask the database at once.
    public Task EnsureAsync() => WakeReminder.EnsureAsync(
        this, due: silo.Grains.ReminderPeriod * (1 + Random.Shared.NextDouble()) / 2, silo.Grains.ReminderPeriod);

    public Task ReceiveReminder(string reminderName, TickStatus status) => NoticeAsync();

    public Task NoticeAsync()
    {
        _shipper?.Notice();
        return Task.CompletedTask;
    }

    public async Task<LaneReport> ReportAsync(CancellationToken cancellation)
    {
        var shipper = _shipper ?? throw new InvalidOperationException("The grain is not active.");
        var report = ShippingReports.Describe(await shipper.StatusAsync().WaitAsync(cancellation), silo.Journal.Id);
        return new LaneReport(
            _lane.Index,
            where.Name,
            report.Breaker,
            report.BreakerSince?.UnixMilliseconds,
            report.LastSuccess?.UnixMilliseconds,
            report.LastFailure?.UnixMilliseconds,
            report.LastFailureDetail,
            report.InFlight,
            [.. report.SetAside]);
    }

    // Rounds interleave: who asks something of the grain does not wait for them.
    private void StartTimer(Func<CancellationToken, Task> round, TimeSpan due, TimeSpan period) =>
        this.RegisterGrainTimer(round, new() { DueTime = due, Period = period, KeepAlive = true, Interleave = true });

    /// <summary>
    /// Wakes partitions whose blocks should have been sealed long ago: their silo died, and nobody has sent to them since.
    /// </summary>
    private async Task WakeUnsealedAsync(CancellationToken cancellation)
    {
        try
        {
            _shipper?.Notice();
            // Now and then all of them, at first too: nobody knows what the silos before this one left, and a wall clock
            // that was ahead may have stamped blocks in the future.
            var looksAtAll = _looks % silo.Grains.LooksAtAllEvery == 0;
            var receivedBefore = looksAtAll ? new Instant(long.MaxValue) : Instant.From(time.GetUtcNow()) - (2 * silo.Limits.SealAge);
            var partitions = await silo.Journal.ReadUnsealedPartitionsAsync(_lane, receivedBefore, cancellation);
            _looks++;
            foreach (var some in partitions.Chunk(silo.Grains.WakesMax))
                await Task.WhenAll(some.Select(WakeAsync));
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            // The next round looks again.
            log.OnUnsealedNotWoken(exception, _lane);
        }
    }

    private async Task WakeAsync(PartitionId id)
    {
        try
        {
            await GrainFactory.GetGrain<IPartitionGrain>(id.ToString()).WakeAsync();
        }
        catch (Exception exception)
        {
            log.OnUnsealedNotWoken(exception, _lane);
        }
    }
}
