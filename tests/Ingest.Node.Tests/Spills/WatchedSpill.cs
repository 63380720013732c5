using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Node.Tests;

/// <summary>A spill whose removals a test looks at, or lets fail.</summary>
internal sealed class WatchedSpill(ISpill inner) : ISpill
{
    /// <summary>Stands before each removal, which it is given to carry out or not.</summary>
    public Func<Func<ValueTask<JournalResult>>, ValueTask<JournalResult>> OnRemove { get; set; } = static remove => remove();

    public string Folder => inner.Folder;

    public long BytesMax => inner.BytesMax;

    public SpillStatus Status => inner.Status;

    public bool HasRoom => inner.HasRoom;

    public ValueTask<JournalResult> AppendAsync(string source, EventBatch batch, Instant received) =>
        inner.AppendAsync(source, batch, received);

    public ValueTask<IReadOnlyList<SpilledBatch>> ReadOldestAsync(
        IReadOnlySet<string> without, int countMax, int bytesMax, IReadOnlySet<long>? resting = null) =>
        inner.ReadOldestAsync(without, countMax, bytesMax, resting);

    public ValueTask<JournalResult> RemoveAsync(IReadOnlyList<SpilledBatch> drained) =>
        OnRemove(() => inner.RemoveAsync(drained));

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
