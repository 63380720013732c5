using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>Asks the journal how it is when nobody writes, so that readiness is true on a quiet process too.</summary>
public sealed class JournalWatch(IJournal journal, StorageHealth health, HostingOptions options, TimeProvider time)
{
    /// <summary>Watches until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.WatchPeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                health.ObserveRead(await ProblemAsync(stop));
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
