using System.Net;
using Ingest.Engine;
using Ingest.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingest.Grains;

/// <summary>
/// Operational events of the cluster. Warning: something failed and nothing was lost. Error: an operator must look. Every
/// number once; a test holds it.
/// </summary>
/// <param name="logger">Where they go.</param>
/// <param name="time">Measures how long ago something was said that happens again and again; the system's when null.</param>
public sealed partial class GrainLog(ILogger logger, TimeProvider? time = null)
{
    private readonly RareLog _countsUnknown = new(time ?? TimeProvider.System);
    private readonly RareLog _notWoken = new(time ?? TimeProvider.System);

    /// <summary>The numbers of partitions cannot be asked.</summary>
    public void OnCountsUnknown(Exception exception)
    {
        if (_countsUnknown.IsDue(out var times))
            CountsUnknown(exception.Message, times);
    }

    /// <summary>Partitions of a lane could not be woken, one or all of them.</summary>
    public void OnUnsealedNotWoken(Exception exception, Lane lane)
    {
        if (_notWoken.IsDue(out var times))
            UnsealedNotWoken(exception.Message, lane, times);
    }

    [LoggerMessage(301, LogLevel.Debug, "Partition {Partition} was not reached; its events are offered again")]
    public partial void OfferLost(Exception exception, PartitionId partition);

    [LoggerMessage(302, LogLevel.Warning, "Partition {Partition} did not store in time what it had taken, and was given up; its clients were told to send again")]
    public partial void PartitionDidNotLeave(PartitionId partition);

    [LoggerMessage(303, LogLevel.Warning, "The numbers of partitions cannot be asked now ({Reason}), {Times} times since the last such line; those known stay in use")]
    private partial void CountsUnknown(string reason, int times);

    [LoggerMessage(304, LogLevel.Information, "Source {Source} has {To} partitions now, it had {From}: {Why}")]
    public partial void SourceSplit(string source, int from, int to, string why);

    [LoggerMessage(305, LogLevel.Warning, "Source {Source} was not split: {Reason}")]
    public partial void NotSplit(string source, string reason);

    [LoggerMessage(310, LogLevel.Debug, "Lane {Lane} ships from here")]
    public partial void LaneStarted(Lane lane);

    [LoggerMessage(311, LogLevel.Debug, "Lane {Lane} leaves this silo ({Reason})")]
    public partial void LaneStopped(Lane lane, DeactivationReasonCode reason);

    [LoggerMessage(312, LogLevel.Warning, "Partitions that wait to be sealed could not be woken ({Reason}), {Times} times since the last such line, the last in lane {Lane}; trying again later")]
    private partial void UnsealedNotWoken(string reason, Lane lane, int times);

    [LoggerMessage(313, LogLevel.Debug, "Lane {Lane} could not be told of a batch; it looks by itself")]
    public partial void NoticeLost(Exception exception, int lane);

    [LoggerMessage(320, LogLevel.Information, "Silo {Silo} is part of the cluster ({Roles})")]
    public partial void Joined(string silo, string roles);

    [LoggerMessage(330, LogLevel.Warning, "Silo {Silo} at {Address} has died: its connections ended and it refuses new ones")]
    public partial void PeerDied(string silo, IPEndPoint address);

    [LoggerMessage(331, LogLevel.Debug, "Whether the silo at {Address} has died cannot be found out now")]
    public partial void PeerNotJudged(Exception exception, IPEndPoint address);

    [LoggerMessage(332, LogLevel.Debug, "The list of the cluster's members cannot be read now")]
    public partial void MembersNotRead(Exception exception);

    [LoggerMessage(321, LogLevel.Warning, "The lanes and the manifests could not be started; trying again")]
    public partial void LanesNotStarted(Exception exception);

    [LoggerMessage(323, LogLevel.Error, "The loop that writes manifests failed; another activation goes on from the journal")]
    public partial void ManifestsFailed(Exception exception);

    [LoggerMessage(324, LogLevel.Error, "The region's watcher failed; another activation goes on from the lever as it stands")]
    public partial void WatcherFailed(Exception exception);

    [LoggerMessage(325, LogLevel.Debug, "The region's watcher does not answer now")]
    public partial void WatcherSilent(Exception exception);

    [LoggerMessage(333, LogLevel.Error, "The bridge's loop failed; another activation goes on where the lake stands")]
    public partial void BridgeGrainFailed(Exception exception);

    [LoggerMessage(322, LogLevel.Error, "Lane {Lane}: its shipper failed; another activation starts from the journal")]
    public partial void LaneFailed(Exception exception, Lane lane);
}
