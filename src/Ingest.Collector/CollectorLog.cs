using Microsoft.Extensions.Logging;

namespace Ingest.Collector;

/// <summary>
/// Operational events of the collector, each in one place. What can go wrong with every request is said once in a while
/// and counted always: a log that grows with the load would be the next thing to fail.
/// </summary>
internal sealed partial class CollectorLog(ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private long _nextFailed;
    private long _nextUnavailable;

    public void OnFailed(Exception exception)
    {
        if (IsDue(ref _nextFailed))
            Failed(exception);
    }

    public void OnUnavailable(string? reason)
    {
        if (IsDue(ref _nextUnavailable))
            Unavailable(reason ?? "no reason given");
    }

    [LoggerMessage(200, LogLevel.Error, "A request failed; it was answered 500 and its client sends again")]
    private partial void Failed(Exception exception);

    [LoggerMessage(201, LogLevel.Warning, "Events could not be stored ({Reason}); they were answered 503 and their clients send again")]
    private partial void Unavailable(string reason);

    [LoggerMessage(210, LogLevel.Information, "Sources were reloaded: {Count} are in force")]
    public partial void SourcesReloaded(int count);

    [LoggerMessage(211, LogLevel.Error, "Changed sources are not taken, the ones before stay in force: {Error}")]
    public partial void BadSources(ConfigurationError error);

    [LoggerMessage(212, LogLevel.Error, "Changed sources could not be looked at, the ones before stay in force")]
    public partial void ReloadFailed(Exception exception);

    private bool IsDue(ref long nextTicks)
    {
        var now = time.GetUtcNow().UtcTicks;
        var next = Volatile.Read(ref nextTicks);
        return now >= next && Interlocked.CompareExchange(ref nextTicks, now + Pause.Ticks, next) == next;
    }
}
