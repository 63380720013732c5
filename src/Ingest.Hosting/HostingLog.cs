using Ingest.Engine;
using Microsoft.Extensions.Logging;

namespace Ingest.Hosting;

/// <summary>
/// Operational events of a runtime, each in one place. Warning: something failed and nothing was lost. Error: an operator
/// must look. Every number once; a test holds it.
/// </summary>
/// <param name="logger">Where they go.</param>
/// <param name="time">Measures how long ago something was said that happens again and again; the system's when null.</param>
public sealed partial class HostingLog(ILogger logger, TimeProvider? time = null)
{
    [LoggerMessage(101, LogLevel.Information, "Stopping: no new requests; storing, sealing and shipping what is open")]
    public partial void Stopping();

    [LoggerMessage(102, LogLevel.Information, "Stopped: {Pending} events wait in the journal and ship after the next start")]
    public partial void Stopped(long pending);

    [LoggerMessage(103, LogLevel.Warning, "Stopped; what waits in the journal cannot be counted now and ships after the next start")]
    public partial void StoppedWithoutJournal(Exception exception);

    [LoggerMessage(110, LogLevel.Warning, "Writes of partitions were not surely stored, {Times} times since the last such line, the last of {Partition}; their events are not acknowledged, and they are read anew from the journal")]
    private partial void PartitionBroken(PartitionId partition, int times);

    [LoggerMessage(111, LogLevel.Error, "Partition {Partition}: internal error while events were taken; its clients were told to send again")]
    public partial void PartitionFailed(Exception exception, PartitionId partition);

    [LoggerMessage(112, LogLevel.Warning, "Partition {Partition}: cannot be read from the journal; its clients are told to send again")]
    private partial void PartitionNotLoaded(Exception exception, PartitionId partition);

    [LoggerMessage(116, LogLevel.Warning, "Partitions cannot be read from the journal ({Reason}), {Times} times since the last such line, the last {Partition}; they are tried again")]
    private partial void PartitionsNotLoaded(string reason, PartitionId partition, int times);

    [LoggerMessage(113, LogLevel.Warning, "Partition {Partition}: append failed")]
    public partial void AppendFailed(Exception exception, PartitionId partition);

    [LoggerMessage(114, LogLevel.Warning, "Partition {Partition}: seal failed")]
    private partial void SealFailed(Exception exception, PartitionId partition);

    [LoggerMessage(117, LogLevel.Warning, "Partitions cannot be sealed ({Reason}), {Times} times since the last such line, the last {Partition}; they are tried again")]
    private partial void SealsFailed(string reason, PartitionId partition, int times);

    [LoggerMessage(115, LogLevel.Error, "Partition {Partition}: blocks cannot be merged and are sealed as they are; run ./ingest audit")]
    public partial void NotMerged(Exception exception, PartitionId partition);

    [LoggerMessage(120, LogLevel.Warning, "{Key} is not shipped yet ({Outcome}); it will be tried again: {Detail}")]
    private partial void ShipFailed(string key, ShipOutcome outcome, string? detail);

    [LoggerMessage(127, LogLevel.Warning, "The journal cannot be read or told of what is shipped ({Detail}), {Times} times since the last such line, the last for {Key}; trying again")]
    private partial void ShipsFailed(string? detail, int times, string key);

    [LoggerMessage(121, LogLevel.Warning, "The journal cannot be read for shipping; trying again")]
    private partial void RefillFailed(Exception exception);

    [LoggerMessage(126, LogLevel.Warning, "The journal cannot be read for shipping ({Reason}), {Times} times since the last such line; trying again")]
    private partial void RefillsFailed(string reason, int times);

    [LoggerMessage(122, LogLevel.Warning, "Old ledger rows could not be dropped: {Reason}")]
    public partial void ForgetFailed(string? reason);

    [LoggerMessage(123, LogLevel.Warning, "Journal: {Fault}")]
    private partial void JournalFault(string fault);

    [LoggerMessage(124, LogLevel.Warning, "Waiting for the journal: {Reason}")]
    public partial void WaitingForJournal(string reason);

    [LoggerMessage(125, LogLevel.Warning, "The journal cannot be asked for unsealed blocks; asking again later")]
    public partial void UnsealedNotRead(Exception exception);

    [LoggerMessage(151, LogLevel.Warning, "Manifests are not written; trying again")]
    public partial void ManifestsNotWritten(Exception exception);

    [LoggerMessage(131, LogLevel.Information, "Source {Source} has {To} partitions now, it had {From}")]
    public partial void SourceSplit(string source, int from, int to);

    [LoggerMessage(132, LogLevel.Warning, "Source {Source} keeps its {From} partitions and does not get {To}: {Reason}")]
    public partial void NotSplit(string source, int from, int to, string? reason);

    [LoggerMessage(133, LogLevel.Warning, "Source {Source}: the configuration says {Wanted} partitions, it has {Present}; a number is never lowered")]
    public partial void CountNotLowered(string source, int wanted, int present);

    [LoggerMessage(134, LogLevel.Warning, "Partition {Partition}: {Events} events that were refused are not counted in the ledger: the partition left before the journal took the count")]
    public partial void RefusalsNotCounted(PartitionId partition, long events);

    [LoggerMessage(140, LogLevel.Warning, "The journal is away ({Reason}): events go to the spill on this disk, and into the journal once it is back")]
    private partial void Spilling(string? reason);

    [LoggerMessage(141, LogLevel.Information, "The spill is empty again: {Drained} events of it are in the journal since the start")]
    private partial void SpillEmpty(long drained);

    [LoggerMessage(142, LogLevel.Warning, "Events could not be spilled ({Reason}), {Times} requests since the last such line; their clients are told to send again")]
    private partial void NotSpilled(string? reason, int times);

    [LoggerMessage(143, LogLevel.Warning, "The spill cannot be drained now ({Reason}), {Times} times since the last such line; trying again")]
    private partial void SpillNotDrained(string? reason, int times);

    [LoggerMessage(144, LogLevel.Information, "The spill holds {Events} events of {Batches} requests of an earlier run; they are drained")]
    public partial void SpillFound(long events, long batches);

    [LoggerMessage(145, LogLevel.Warning, "{Events} events stay in the spill on this disk, in {Folder}: start this silo again on it, and they are drained")]
    public partial void SpillLeft(long events, string folder);

    [LoggerMessage(146, LogLevel.Error, "Spill: {Fault}")]
    private partial void SpillFault(string fault);

    [LoggerMessage(160, LogLevel.Warning, "Region {Region} is {Role} since {Since}: it was promoted, and its lake says so (region/role.json), whatever the command line says")]
    public partial void Promoted(string region, RegionRole role, Instant since);

    [LoggerMessage(161, LogLevel.Warning, "Whether this region was promoted cannot be read ({Reason}), {Times} times since the last such line; it goes on taking events as a receiver, and delivers none")]
    private partial void RoleNotRead(string reason, int times);

    [LoggerMessage(162, LogLevel.Warning, "Nothing is relayed to {Primary} now ({Reason}), {Times} times since the last such line; the events are safe here, and it is tried again")]
    private partial void NotBridged(string primary, string reason, int times);

    [LoggerMessage(163, LogLevel.Information, "Events are relayed to {Primary} again; {Objects} objects wait")]
    public partial void BridgedAgain(string primary, long objects);

    [LoggerMessage(164, LogLevel.Error, "The bridge failed; it begins again where the lake stands")]
    public partial void BridgeFailed(Exception exception);

    [LoggerMessage(104, LogLevel.Error, "Stopping: a part of the process failed, and what it did is not done any more; start it again")]
    public partial void Failed();

    [LoggerMessage(105, LogLevel.Warning, "Stopping did not go as it should; nothing that was answered with success is lost")]
    public partial void NotStoppedCleanly(Exception exception);
}
