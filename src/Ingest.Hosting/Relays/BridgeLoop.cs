using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>Hosts the engine's <see cref="Bridge"/>: gives it turns and says what changes.</summary>
/// <param name="bridge">Delivers.</param>
/// <param name="region">The role of the region.</param>
/// <param name="options">How often.</param>
/// <param name="time">Clock and timers.</param>
/// <param name="log">Operational events.</param>
public sealed class BridgeLoop(Bridge bridge, RegionState region, HostingOptions options, TimeProvider time, HostingLog log)
{
    private bool _isFailing;

    /// <summary>What an operator sees of it; null before the first turn.</summary>
    public BridgeReport? Report => bridge.Report;

    /// <summary>Delivers until cancelled; what a turn left undone is done by the next one, in whatever process.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var pause = await TurnAsync(stop);
                if (pause > TimeSpan.Zero)
                    await Task.Delay(pause, time, stop);
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // Stopped, whatever a turn that was under way made of it.
        }
    }

    private async Task<TimeSpan> TurnAsync(CancellationToken stop)
    {
        TimeSpan pause;
        try
        {
            pause = await bridge.TurnAsync(stop);
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            // A fault of ours: the lake still says where it stands.
            log.BridgeFailed(exception);
            return options.Relays.RetryPauseMax;
        }

        var report = bridge.Report!;
        if (report.Failure is { } failure)
            log.OnNotBridged(report.DeliversTo, failure);
        else if (_isFailing)
            log.BridgedAgain(report.DeliversTo, report.Objects);
        _isFailing = report.Failure is not null;

        // Nothing comes into the relay folder of a primary any more.
        var isQuiet = report is { Failure: null, Objects: 0 } && region.Role == RegionRole.Primary;
        return isQuiet && pause > TimeSpan.Zero ? options.QuietBridgePeriod : pause;
    }
}
