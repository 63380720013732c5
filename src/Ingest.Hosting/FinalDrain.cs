using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>The end of a process that nobody takes over from: stores, seals and ships what is open.</summary>
public static class FinalDrain
{
    // How often the journal is asked whether all has shipped.
    private static readonly TimeSpan AskPeriod = TimeSpan.FromMilliseconds(50);

    /// <summary>Drains. To be called when no request is under way any more. What is not shipped in time is safe in the journal.</summary>
    /// <param name="partitions">The partitions of the process.</param>
    /// <param name="shipFor">How long to go on shipping.</param>
    /// <param name="time">Clock and timers.</param>
    public static async Task RunAsync(PartitionHost partitions, TimeSpan shipFor, TimeProvider time)
    {
        await Task.WhenAny(partitions.DrainAsync(), Task.Delay(partitions.Options.SealTimeout, time));
        using var deadline = new CancellationTokenSource(shipFor, time);
        try
        {
            while ((await partitions.Journal.ReadStatusAsync(deadline.Token)).Pending > 0)
                await Task.Delay(AskPeriod, time, deadline.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or JournalUnavailableException or JournalCorruptException)
        {
            // Out of time, or the journal is out of reach: the rest ships after the next start.
        }
    }
}
