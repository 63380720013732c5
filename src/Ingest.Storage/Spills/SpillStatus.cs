using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>What a spill holds.</summary>
/// <param name="Batches">Requests that wait to be drained.</param>
/// <param name="Events">Their events.</param>
/// <param name="Bytes">Their bytes, as stored.</param>
/// <param name="Oldest">When the oldest of them was received; null when nothing waits.</param>
/// <param name="SetAside">Batches that cannot be drained and stay in the file: damaged ones for a person, those of another version until one starts that can read them.</param>
public sealed record SpillStatus(long Batches, long Events, long Bytes, Instant? Oldest, long SetAside)
{
    public static readonly SpillStatus Empty = new(0, 0, 0, null, 0);
}
