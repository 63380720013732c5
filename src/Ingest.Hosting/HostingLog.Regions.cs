using Microsoft.Extensions.Logging;

namespace Ingest.Hosting;

/// <summary>Of the lever between regions.</summary>
public sealed partial class HostingLog
{
    [LoggerMessage(180, LogLevel.Information, "Regions: {Reason}")]
    public partial void WatcherSees(string reason);

    [LoggerMessage(181, LogLevel.Warning, "Traffic was moved from {From} to {To}: {Reason}")]
    public partial void LeverMoved(string from, string to, string reason);

    [LoggerMessage(182, LogLevel.Error, "Traffic could not be moved from {From} to {To} ({Failure}); trying again while it holds that: {Reason}")]
    public partial void LeverNotMoved(string from, string to, string reason, string failure);

    [LoggerMessage(183, LogLevel.Warning, "The lever's history cannot be written or read now, and is tried again: {Reason}")]
    public partial void LeverNotRecorded(string? reason);

    [LoggerMessage(184, LogLevel.Warning, "A look at the other region failed; looking again")]
    public partial void LookFailed(Exception exception);

    [LoggerMessage(185, LogLevel.Warning, "The region list cannot be read from or written to {Lake} now; serving what is known: {Reason}")]
    public partial void ListNotRead(string lake, string reason);
}
