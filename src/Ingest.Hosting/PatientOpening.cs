using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>
/// Opens a journal whose server may still be starting, failing over, or be migrated right now: that is waited for. What surely
/// does not pass, as a database that nobody migrated, ends it at once.
/// </summary>
public sealed class PatientOpening(TimeProvider time, HostingLog log)
{
    /// <summary>A database that fails over is back within it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Calls it until it succeeds, for <see cref="Patience"/> at most.</summary>
    /// <exception cref="JournalUnavailableException">The last failure.</exception>
    public async Task<IJournal> OpenAsync(Func<Task<IJournal>> open)
    {
        for (var began = time.GetTimestamp(); ; await Task.Delay(Pause, time))
        {
            try
            {
                return await open();
            }
            catch (JournalUnavailableException exception) when (exception.MayPass && time.GetElapsedTime(began) < Patience)
            {
                log.WaitingForJournal(exception.Message);
            }
        }
    }
}
