using Ingest.Engine;
using Microsoft.Extensions.Logging;

namespace Ingest.Hosting;

/// <summary>
/// Operational events of a runtime, each in one place. Warning: something failed and nothing was lost. Error: an operator
/// must look. Every number once; a test holds it.
/// </summary>
public sealed partial class HostingLog(ILogger logger)
{
    [LoggerMessage(101, LogLevel.Information, "Stopping: no new requests; storing, sealing and shipping what is open")]
    public partial void Stopping();

    [LoggerMessage(102, LogLevel.Information, "Stopped: {Pending} events wait in the journal and ship after the next start")]
    public partial void Stopped(long pending);

    [LoggerMessage(103, LogLevel.Warning, "Stopped; what waits in the journal cannot be counted now and ships after the next start")]
    public partial void StoppedWithoutJournal(Exception exception);

    [LoggerMessage(110, LogLevel.Warning, "Partition {Partition}: a write was not surely stored; its clients were told to send again, and it is read anew from the journal")]
    public partial void PartitionBroken(PartitionId partition);

    [LoggerMessage(111, LogLevel.Error, "Partition {Partition}: internal error while events were taken; its clients were told to send again")]
    public partial void PartitionFailed(Exception exception, PartitionId partition);

    [LoggerMessage(112, LogLevel.Warning, "Partition {Partition}: cannot be read from the journal; its clients are told to send again")]
    public partial void PartitionNotLoaded(Exception exception, PartitionId partition);

    [LoggerMessage(113, LogLevel.Warning, "Partition {Partition}: append failed")]
    public partial void AppendFailed(Exception exception, PartitionId partition);

    [LoggerMessage(114, LogLevel.Warning, "Partition {Partition}: seal failed")]
    public partial void SealFailed(Exception exception, PartitionId partition);

    [LoggerMessage(115, LogLevel.Error, "Partition {Partition}: blocks cannot be merged and are sealed as they are; run ./ingest audit")]
    public partial void NotMerged(Exception exception, PartitionId partition);

    [LoggerMessage(120, LogLevel.Warning, "{Key} is not shipped yet ({Outcome}); it will be tried again: {Detail}")]
    public partial void ShipFailed(string key, ShipOutcome outcome, string? detail);

    [LoggerMessage(121, LogLevel.Warning, "The journal cannot be read for shipping; trying again")]
    public partial void RefillFailed(Exception exception);

    [LoggerMessage(122, LogLevel.Warning, "Old ledger rows could not be dropped: {Reason}")]
    public partial void ForgetFailed(string? reason);

    [LoggerMessage(123, LogLevel.Warning, "Journal: {Fault}")]
    public partial void JournalFault(string fault);

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

    [LoggerMessage(104, LogLevel.Error, "Stopping: a part of the process failed, and what it did is not done any more; start it again")]
    public partial void Failed();

    [LoggerMessage(105, LogLevel.Warning, "Stopping did not go as it should; nothing that was answered with success is lost")]
    public partial void NotStoppedCleanly(Exception exception);
}
