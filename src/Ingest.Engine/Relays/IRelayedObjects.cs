namespace Ingest.Engine;

/// <summary>
/// What a journal remembers of relay objects that were delivered whole, for as long as its ledger: a lost answer repeats
/// harmlessly, also when the events have left the dedupe window. Reads and writes fail as those of <see cref="IJournal"/>.
/// </summary>
public interface IRelayedObjects
{
    /// <summary>
    /// Remembers that all events of a relay object are durable. One that is remembered stays as it is: committed. Its key and
    /// region together have 1,024 bytes at most.
    /// </summary>
    ValueTask<JournalResult> RecordRelayedAsync(RelayedObject relayed, CancellationToken cancellation);

    /// <summary>True where <see cref="RecordRelayedAsync"/> was committed for this object, and it is not forgotten since.</summary>
    ValueTask<bool> WasRelayedAsync(string region, string key, string sha256, CancellationToken cancellation);
}
