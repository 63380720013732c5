using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Grains;

/// <summary>
/// Reads the list of the cluster's members sooner than Orleans would by itself, which takes up to a minute after an outage of
/// the database. A silo that the others declared dead finds it out then, and ends instead of working beside its successors.
/// </summary>
public sealed class MembershipCheck(IServiceProvider services, GrainOptions options, TimeProvider time, GrainLog log)
{
    private int _isRunning;

    /// <summary>
    /// Something happened that a silo meets when it was declared dead: a write was fenced, or the database can be reached
    /// again. From any thread; one check at a time.
    /// </summary>
    public void Ask()
    {
        if (Interlocked.Exchange(ref _isRunning, 1) == 0)
            _ = Task.Run(RunAsync);
    }

    private async Task RunAsync()
    {
        try
        {
            await services.GetRequiredService<IClusterMembershipService>().Refresh();
        }
        catch (Exception exception)
        {
            // This silo stops, or the database is away. Orleans looks by itself too.
            log.MembersNotRead(exception);
        }

        await Task.Delay(options.MembershipCheckPause, time);
        Interlocked.Exchange(ref _isRunning, 0);
    }
}
