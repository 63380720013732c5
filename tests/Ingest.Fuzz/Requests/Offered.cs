using Ingest.Engine;

namespace Ingest.Fuzz;

/// <summary>An event as the collector handed it over, copied out of its pooled batch.</summary>
internal sealed record Offered(string Source, EventEntry Entry, byte[] Id, byte[] Name, byte[] Schema, byte[] Payload)
{
    public PayloadKind Kind => Entry.Kind;

    public IReadOnlyList<EventError> Errors { get; } = [.. Entry.Errors ?? []];

    public static Offered Of(string source, EventBatch batch, in EventEntry entry) => new(
        source, entry, batch[entry.Id].ToArray(), batch[entry.Name].ToArray(), batch[entry.Schema].ToArray(), batch[entry.Payload].ToArray());
}

/// <summary>A line as the journal was given it.</summary>
/// <param name="Source">Whose.</param>
/// <param name="Stream">Where it will land.</param>
/// <param name="Bytes">The line, without its line feed.</param>
internal sealed record JournaledLine(string Source, LakeStream Stream, byte[] Bytes);
