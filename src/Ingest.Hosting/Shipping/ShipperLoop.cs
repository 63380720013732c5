using System.Threading.Channels;
using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>
/// Hosts the engine's <see cref="Shipper"/>: one loop asks it what to do, starts that, and brings the ends back. Only the
/// loop touches the shipper; everybody else leaves a report.
/// </summary>
/// <param name="lane">Which batches it ships.</param>
/// <param name="shipper">Decides.</param>
/// <param name="worker">Carries out.</param>
/// <param name="journal">Where batches come from.</param>
/// <param name="puts">Bounds what is put at once by all loops of the process.</param>
/// <param name="time">Clock and timers.</param>
/// <param name="log">Operational events.</param>
/// <param name="work">Where puts and reads run; the thread pool where null.</param>
public sealed class ShipperLoop(
    Lane lane,
    Shipper shipper,
    ShipWorker worker,
    IJournal journal,
    SemaphoreSlim puts,
    TimeProvider time,
    HostingLog log,
    IWorkScheduler? work = null)
{
    private readonly IWorkScheduler _work = work ?? ThreadPoolScheduler.Instance;

    // Bounded by what is under way: a report for each put, refill and seal, and one for each status that somebody waits for.
    private readonly Channel<Action> _reports = Channel.CreateUnbounded<Action>(new() { SingleReader = true });

    private Instant Now => Instant.From(time.GetUtcNow());

    /// <summary>Says that something was sealed.</summary>
    public void Notice() => _reports.Writer.TryWrite(shipper.Notice);

    /// <summary>What an operator sees of it.</summary>
    public Task<ShipperStatus> StatusAsync()
    {
        var status = new TaskCompletionSource<ShipperStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        _reports.Writer.TryWrite(() => status.SetResult(shipper.Status()));
        return status.Task;
    }

    /// <summary>Ships until cancelled; then puts under way are cut off, which is harmless: they are repeated after the next start.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                while (_reports.Reader.TryRead(out var report))
                    report();
                switch (shipper.Next(Now))
                {
                    case ShipStep.Ship ship:
                        _ = _work.RunBulk(() => ShipAsync(ship, stop));
                        break;
                    case ShipStep.Refill refill:
                        _ = _work.Run(() => RefillAsync(refill, stop));
                        break;
                    case ShipStep.Wait wait:
                        await WaitAsync(wait.Pause, stop);
                        break;
                    case ShipStep.Idle:
                        await _reports.Reader.WaitToReadAsync(stop);
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private async Task WaitAsync(TimeSpan pause, CancellationToken stop)
    {
        using var timer = new CancellationTokenSource(pause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop);
        try
        {
            await _reports.Reader.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The pause is over.
        }
    }

    private async Task RefillAsync(ShipStep.Refill refill, CancellationToken stop)
    {
        try
        {
            var pending = await journal.ReadPendingAsync(lane, refill.Limit, refill.Without, stop);
            _reports.Writer.TryWrite(() => shipper.Offer(pending));
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            log.OnRefillFailed(exception);
            _reports.Writer.TryWrite(() => shipper.OfferFailed(exception.Message, Now));
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // Stopped, whatever a read that was under way made of it.
        }
    }

    private async Task ShipAsync(ShipStep.Ship ship, CancellationToken stop)
    {
        try
        {
            await puts.WaitAsync(stop);
            var result = await ShipAndReleaseAsync(ship, stop);
            if (result.Outcome is not (ShipOutcome.Confirmed or ShipOutcome.Gone))
                log.OnShipFailed(LakeLayout.KeyOf(ship.Batch, journal.Id), result.Outcome, result.Detail);
            _reports.Writer.TryWrite(() => shipper.Ended(ship.Batch, result, Now));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped: the journal still has the batch.
        }
    }

    private async Task<ShipResult> ShipAndReleaseAsync(ShipStep.Ship ship, CancellationToken stop)
    {
        try
        {
            return await worker.ShipAsync(ship, stop);
        }
        finally
        {
            puts.Release();
        }
    }
}
