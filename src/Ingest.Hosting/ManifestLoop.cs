using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>
/// Hosts the engine's <see cref="ManifestWriter"/>: gives it turns, drops old records behind it, and keeps what an
/// operator must see.
/// </summary>
/// <param name="writer">Closes hours and writes their manifests.</param>
/// <param name="options">How often.</param>
/// <param name="time">Clock and timers.</param>
/// <param name="log">Operational events.</param>
public sealed class ManifestLoop(ManifestWriter writer, HostingOptions options, TimeProvider time, HostingLog log)
{
    private volatile ManifestReport _report = ManifestReport.None;
    private int _failures;

    /// <summary>What an operator sees of it, as of the last turn.</summary>
    public ManifestReport Report => _report;

    /// <summary>Writes manifests until cancelled; what a turn left undone is done by the next one, in whatever process.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var forgot = time.GetTimestamp();
        try
        {
            for (; ; await Task.Delay(Pause, time, stop))
            {
                while (await TurnAsync(stop))
                {
                    // More hours are over.
                }

                if (time.GetElapsedTime(forgot) < options.ForgetPeriod)
                    continue;
                forgot = time.GetTimestamp();
                await ForgetAsync(stop);
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // Stopped, whatever a turn that was under way made of it.
        }
    }

    /// <summary>Longer with every failure on end: each turn may read all quarantined objects of its hours anew.</summary>
    private TimeSpan Pause => _failures == 0
        ? options.ManifestPeriod
        : Backoff.Ceiling(_failures, options.ManifestPeriod, options.ManifestPauseMax);

    private async Task<bool> TurnAsync(CancellationToken stop)
    {
        string? failure = null;
        var isMore = false;
        try
        {
            isMore = await writer.TurnAsync(stop);
            _failures = 0;
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            // Whatever it was, the next turn begins at the same hour.
            failure = exception.Message;
            _failures++;
            log.ManifestsNotWritten(exception);
        }

        _report = new ManifestReport(
            writer.Finished?.ToString(),
            writer.WaitsFor,
            failure,
            failure is null ? null : _report.FailingSince ?? Instant.From(time.GetUtcNow()));
        return isMore;
    }

    private async Task ForgetAsync(CancellationToken stop)
    {
        var result = await writer.ForgetAsync(stop);
        if (result.Outcome != JournalOutcome.Committed && !stop.IsCancellationRequested)
            log.ForgetFailed(result.Reason);
    }
}
