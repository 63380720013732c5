using Ingest.Engine;

namespace Ingest.Grains;

/// <summary>
/// Tells lanes that something was sealed on this silo: at most one call to a lane under way, and one more after it for
/// what was sealed meanwhile.
/// </summary>
public sealed class LaneNotices(IGrainFactory grains, GrainLog log)
{
    private const int Quiet = 0;
    private const int Calling = 1;
    private const int CallingAndMore = 2;

    private readonly int[] _states = new int[GrainOptions.Lanes];

    /// <summary>A batch of this partition was sealed.</summary>
    public void Sealed(PartitionId partition)
    {
        var lane = Lane.Of(partition, GrainOptions.Lanes).Index;
        if (Interlocked.CompareExchange(ref _states[lane], Calling, Quiet) == Quiet)
            _ = Task.Run(() => CallAsync(lane));
        else
            Interlocked.CompareExchange(ref _states[lane], CallingAndMore, Calling);
    }

    private async Task CallAsync(int lane)
    {
        do
        {
            Volatile.Write(ref _states[lane], Calling);
            try
            {
                await grains.GetGrain<IShipperGrain>(lane).NoticeAsync();
            }
            catch (Exception exception)
            {
                // The lane looks by itself, and its reminder wakes it.
                log.NoticeLost(exception, lane);
            }
        }
        while (Interlocked.CompareExchange(ref _states[lane], Quiet, Calling) != Calling);
    }
}
