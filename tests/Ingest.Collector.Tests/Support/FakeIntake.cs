using System.Text;
using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Collector.Tests;

/// <summary>Records what a collector hands over. Copies all bytes, since batches are pooled.</summary>
internal sealed class FakeIntake : IIntake
{
    private readonly Lock _lock = new();
    private readonly List<RecordedEvent> _events = [];
    private readonly List<RecordedBatch> _batches = [];

    /// <summary>Decides what becomes of a batch; by default everything is stored.</summary>
    public Func<string, EventBatch, ValueTask<IntakeResult>>? Decide { get; set; }

    public IReadOnlyList<RecordedEvent> Events
    {
        get
        {
            lock (_lock)
                return [.. _events];
        }
    }

    public IReadOnlyList<RecordedBatch> Batches
    {
        get
        {
            lock (_lock)
                return [.. _batches];
        }
    }

    public RecordedEvent Single => Assert.Single(Events);

    public ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch)
    {
        var recorded = new RecordedBatch(source, batch.Bytes.ToArray(), RecordedEvent.Of(source, batch));
        lock (_lock)
        {
            _batches.Add(recorded);
            _events.AddRange(recorded.Events);
        }
        if (Decide is not null)
            return Decide(source, batch);
        var bad = recorded.Events.Count(e => e.Errors.Count > 0);
        return ValueTask.FromResult(
            new IntakeResult(IntakeOutcome.Stored, recorded.Events.Count - bad, bad));
    }

    public void Clear()
    {
        lock (_lock)
        {
            _events.Clear();
            _batches.Clear();
        }
    }
}

internal sealed record RecordedBatch(string Source, byte[] Bytes, IReadOnlyList<RecordedEvent> Events);

/// <summary>An event with everything resolved to values that live on.</summary>
internal sealed record RecordedEvent
{
    public required string Source { get; init; }

    /// <summary>The id as it would stand in a lake line, unescaped by a JSON parser.</summary>
    public required string Id { get; init; }

    public required string RawId { get; init; }

    public required UInt128 IdHash { get; init; }

    public required string Name { get; init; }

    public required string Schema { get; init; }

    public required long OccurredAt { get; init; }

    public required long SentAt { get; init; }

    public required long TrueAt { get; init; }

    public required byte[] Payload { get; init; }

    public required PayloadKind Kind { get; init; }

    public required IReadOnlyList<EventError> Errors { get; init; }

    public required IReadOnlyList<(string Schema, string Instance, string Where)> Checks { get; init; }

    public required JsonElement Collector { get; init; }

    public string Text => Encoding.UTF8.GetString(Payload);

    public static IReadOnlyList<RecordedEvent> Of(string source, EventBatch batch)
    {
        var found = new List<RecordedEvent>();
        foreach (var entry in batch.Events)
        {
            var checks = new List<(string, string, string)>();
            foreach (var check in batch.Checks.Slice(entry.FirstCheck, entry.CheckCount))
                checks.Add((Encoding.UTF8.GetString(batch[check.Schema]), Encoding.UTF8.GetString(batch[check.Instance]), check.Where));
            found.Add(new RecordedEvent
            {
                Source = source,
                Id = Unescape(batch[entry.Id]),
                RawId = Encoding.UTF8.GetString(batch[entry.Id]),
                IdHash = entry.IdHash,
                Name = Unescape(batch[entry.Name]),
                Schema = Unescape(batch[entry.Schema]),
                OccurredAt = entry.OccurredAt,
                SentAt = entry.SentAt,
                TrueAt = entry.TrueAt,
                Payload = batch[entry.Payload].ToArray(),
                Kind = entry.Kind,
                Errors = [.. entry.Errors ?? []],
                Checks = checks,
                Collector = JsonDocument.Parse(batch[batch.Collector].ToArray()).RootElement,
            });
        }
        return found;
    }

    public string? FromCollector(string name) =>
        Collector.TryGetProperty(name, out var value) ? value.GetString() : null;

    public EventError SingleError(string rule)
    {
        var error = Assert.Single(Errors);
        Assert.Equal(rule, error.Rule);
        return error;
    }

    /// <summary>Contents of a JSON string, as a lake line would have them between quotes.</summary>
    private static string Unescape(ReadOnlySpan<byte> contents) =>
        JsonSerializer.Deserialize<string>("\"" + Encoding.UTF8.GetString(contents) + "\"")!;
}
