using Ingest.Engine;

namespace Ingest.Collector.Tests;

/// <summary>Remembers relay objects as a journal does, or fails to.</summary>
internal sealed class RelayedObjects : IRelayedObjects
{
    /// <summary>How writes end.</summary>
    public JournalOutcome Outcome { get; set; } = JournalOutcome.Committed;

    public List<RelayedObject> Recorded { get; } = [];

    public ValueTask<JournalResult> RecordRelayedAsync(RelayedObject relayed, CancellationToken cancellation)
    {
        if (Outcome == JournalOutcome.Committed)
            Recorded.Add(relayed);
        return ValueTask.FromResult(new JournalResult(Outcome, "as the test says"));
    }

    public ValueTask<bool> WasRelayedAsync(string region, string key, string sha256, CancellationToken cancellation) =>
        ValueTask.FromResult(Recorded.Exists(found => found.Region == region && found.Key == key && found.Sha256 == sha256));
}
