using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>Asks the journal how it is when nobody writes, so that readiness is true on a quiet process too.</summary>
/// <param name="journal">The journal.</param>
/// <param name="health">Is told.</param>
/// <param name="options">How often.</param>
/// <param name="time">Timers.</param>
/// <param name="onBack">Called when the journal can be read again; must not throw or wait.</param>
public sealed class JournalWatch(
    IJournal journal, StorageHealth health, HostingOptions options, TimeProvider time, Action? onBack = null)
{
    /// <summary>Watches until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.WatchPeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                if (health.ObserveRead(await ProblemAsync(stop)))
                    onBack?.Invoke();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private async Task<string?> ProblemAsync(CancellationToken stop)
    {
        try
        {
            await journal.ReadStatusAsync(stop);
            return null;
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            return exception.Message;
        }
    }
}
