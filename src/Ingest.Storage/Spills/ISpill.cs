using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// A durable place of this process alone for requests that the journal could not take. Who drains it reads the oldest, stores
/// them in the journal, and then removes them, so that a crash in between repeats what deduplication makes harmless.
/// </summary>
public interface ISpill : IAsyncDisposable
{
    /// <summary>Where it is, for people.</summary>
    string Folder { get; }

    /// <summary>Bytes that it takes at most.</summary>
    long BytesMax { get; }

    SpillStatus Status { get; }

    /// <summary>Whether it can take a request of usual size now.</summary>
    bool HasRoom { get; }

    /// <summary>Makes a request durable.</summary>
    /// <param name="source">The source's name.</param>
    /// <param name="batch">The events; not needed any more after the answer, and not changed.</param>
    /// <param name="received">When they were received, unless they carry a first receipt.</param>
    /// <returns>Committed; refused where there is no room; unknown where the disk failed and it may come back.</returns>
    ValueTask<JournalResult> AppendAsync(string source, EventBatch batch, Instant received);

    /// <summary>Reads requests of the source that has the oldest one, in the order in which they came.</summary>
    /// <param name="without">Sources to leave out.</param>
    /// <param name="countMax">Most requests to read.</param>
    /// <param name="bytesMax">Bytes after which no further one is read.</param>
    /// <param name="resting">Positions to leave out, a bounded number: all of them may be passed over in every read.</param>
    /// <returns>One at least, to be disposed by the caller; empty where nothing waits.</returns>
    /// <exception cref="JournalUnavailableException">The place cannot be read.</exception>
    /// <exception cref="JournalCorruptException">It is damaged beyond single requests.</exception>
    ValueTask<IReadOnlyList<SpilledBatch>> ReadOldestAsync(
        IReadOnlySet<string> without, int countMax, int bytesMax, IReadOnlySet<long>? resting = null);

    /// <summary>Removes requests of one source that are in the journal now.</summary>
    ValueTask<JournalResult> RemoveAsync(IReadOnlyList<SpilledBatch> drained);
}
