using System.Diagnostics.Metrics;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>
/// What the collector did since it started: for the status command, and as instruments of the meter
/// <c>Ingest.Collector</c>. Tags are answers and outcomes only, never sources or paths: their number is fixed.
/// </summary>
public sealed class CollectorCounters : IDisposable
{
    public const string MeterName = "Ingest.Collector";

    private readonly long[] _requests = new long[Answers.Count];
    private long _accepted;
    private long _quarantined;
    private long _duplicates;
    private long _spilled;
    private long _bodyBytes;

    public CollectorCounters()
    {
        Meter.CreateObservableCounter("ingest.collector.requests", ReadRequests, "{request}", "Requests by answer.");
        Meter.CreateObservableCounter("ingest.collector.events", ReadEvents, "{event}", "Stored events by outcome.");
        Meter.CreateObservableCounter("ingest.collector.body", () => BodyBytes, "By", "Bytes of bodies as sent.");
    }

    /// <summary>The meter of these counters.</summary>
    public Meter Meter { get; } = new(MeterName);

    /// <summary>Events kept in the spill: judged and counted as one of the others by the journal only, when they reach it.</summary>
    public long Spilled => Volatile.Read(ref _spilled);

    /// <summary>Events stored as valid.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Events stored in the quarantine.</summary>
    public long Quarantined => Volatile.Read(ref _quarantined);

    /// <summary>Events that had been stored before.</summary>
    public long Duplicates => Volatile.Read(ref _duplicates);

    /// <summary>Bytes of bodies as sent, refused ones included.</summary>
    public long BodyBytes => Volatile.Read(ref _bodyBytes);

    /// <summary>Requests that ended so.</summary>
    public long RequestsOf(Answer answer) => Volatile.Read(ref _requests[(int)answer]);

    public void OnAnswered(Answer answer) => Interlocked.Increment(ref _requests[(int)answer]);

    public void OnStored(in IntakeResult result)
    {
        Interlocked.Add(ref (result.Durability == Durability.Spill ? ref _spilled : ref _accepted), result.Accepted);
        Interlocked.Add(ref _quarantined, result.Quarantined);
        Interlocked.Add(ref _duplicates, result.Duplicates);
    }

    public void OnBodyRead(long bytes) => Interlocked.Add(ref _bodyBytes, bytes);

    public void Dispose() => Meter.Dispose();

    private IEnumerable<Measurement<long>> ReadRequests() =>
        Enum.GetValues<Answer>().Select(answer => new Measurement<long>(
            RequestsOf(answer), new KeyValuePair<string, object?>("answer", Answers.Of(answer).Code)));

    private IEnumerable<Measurement<long>> ReadEvents() =>
    [
        new(Accepted, new KeyValuePair<string, object?>("outcome", "accepted")),
        new(Quarantined, new KeyValuePair<string, object?>("outcome", "quarantined")),
        new(Duplicates, new KeyValuePair<string, object?>("outcome", "duplicate")),
        new(Spilled, new KeyValuePair<string, object?>("outcome", "spilled")),
    ];
}
