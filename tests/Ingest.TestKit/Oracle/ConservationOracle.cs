using System.Collections.Concurrent;

namespace Ingest.TestKit;

/// <summary>
/// Knows every event that a test's clients have sent and which of them were answered with success, and holds the lake
/// to it: what was acknowledged is there exactly once, with the bytes that were sent, in the right stream; nothing is
/// there that was never sent. An event without an answer may be there or not.
/// </summary>
public sealed class ConservationOracle
{
    private readonly ConcurrentDictionary<string, ExpectedEvent> _sent = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _acknowledged = new(StringComparer.Ordinal);

    /// <summary>Number of events that were answered with success.</summary>
    public Counter Acknowledged { get; } = new();

    public int Sent => _sent.Count;

    /// <summary>Acknowledged events that must be in this stream.</summary>
    public IEnumerable<string> AcknowledgedIn(string stream) => _acknowledged.Keys.Where(id => _sent[id].Stream == stream);

    /// <summary>Tells of an event before it is sent.</summary>
    public void Expect(ExpectedEvent expected) =>
        Assert.True(_sent.TryAdd(expected.Id, expected), $"{expected.Id} was announced twice: a fault of the test.");

    /// <summary>Tells of an event that was answered with success; more than once for the same event counts once.</summary>
    public void Acknowledge(string id)
    {
        Assert.True(_sent.ContainsKey(id), $"{id} was acknowledged but never sent: a fault of the test.");
        if (_acknowledged.TryAdd(id, true))
            Acknowledged.Add(1);
    }

    /// <summary>Compares a lake with what was sent.</summary>
    public ConservationReport Check(IEnumerable<LakeLine> lake)
    {
        var report = new ConservationReport();
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in lake)
        {
            if (!_sent.TryGetValue(line.EventId, out var expected))
                report.Unknown.Add($"{line.EventId} in {line.Key}");
            else if (!found.Add(line.EventId))
                report.Doubled.Add($"{line.EventId}, again in {line.Key}");
            else if (WrongIn(expected, line) is { } wrong)
                report.Altered.Add($"{line.EventId} in {line.Key}: {wrong}");
        }

        Progress.Write($"The lake has {found.Count} of {_acknowledged.Count} acknowledged events.");
        report.Missing.AddRange(_acknowledged.Keys.Where(id => !found.Contains(id)));
        return report;
    }

    private static string? WrongIn(ExpectedEvent expected, LakeLine line)
    {
        if (line.Stream != expected.Stream)
            return $"is in {line.Stream}, not in {expected.Stream}; rules: {string.Join(", ", line.Rules)}";
        if (expected.Rule is { } rule && !line.Rules.Contains(rule, StringComparer.Ordinal))
            return $"names not {rule} but {string.Join(", ", line.Rules)}";
        return expected.Difference(line);
    }
}
