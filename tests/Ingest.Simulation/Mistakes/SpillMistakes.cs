using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Simulation;

/// <summary>Passes everything on; a mistake overrides what it does wrong.</summary>
internal abstract class SpillDecorator(ISpill inner) : ISpill
{
    public string Folder => inner.Folder;

    public long BytesMax => inner.BytesMax;

    public SpillStatus Status => inner.Status;

    public bool HasRoom => inner.HasRoom;

    public virtual ValueTask<JournalResult> AppendAsync(string source, EventBatch batch, Instant received) =>
        inner.AppendAsync(source, batch, received);

    public virtual ValueTask<IReadOnlyList<SpilledBatch>> ReadOldestAsync(
        IReadOnlySet<string> without, int countMax, int bytesMax, IReadOnlySet<long>? resting = null) =>
        inner.ReadOldestAsync(without, countMax, bytesMax, resting);

    public virtual ValueTask<JournalResult> RemoveAsync(IReadOnlyList<SpilledBatch> drained) => inner.RemoveAsync(drained);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

/// <summary>Answers while the sync is still under way.</summary>
internal sealed class AnswersBeforeSync(ISpill inner) : SpillDecorator(inner)
{
    public override ValueTask<JournalResult> AppendAsync(string source, EventBatch batch, Instant received)
    {
        _ = base.AppendAsync(source, batch, received).AsTask();
        return ValueTask.FromResult(JournalResult.Committed);
    }
}

/// <summary>What is read counts as drained.</summary>
internal sealed class RemovesBeforeCommit(ISpill inner) : SpillDecorator(inner)
{
    public override async ValueTask<IReadOnlyList<SpilledBatch>> ReadOldestAsync(
        IReadOnlySet<string> without, int countMax, int bytesMax, IReadOnlySet<long>? resting = null)
    {
        var read = await base.ReadOldestAsync(without, countMax, bytesMax, resting);
        await base.RemoveAsync(read);
        return read;
    }

    public override ValueTask<JournalResult> RemoveAsync(IReadOnlyList<SpilledBatch> drained) =>
        ValueTask.FromResult(JournalResult.Committed);
}

/// <summary>A full disk is answered with success.</summary>
internal sealed class TakesFullForStored(ISpill inner) : SpillDecorator(inner)
{
    public override async ValueTask<JournalResult> AppendAsync(string source, EventBatch batch, Instant received)
    {
        await base.AppendAsync(source, batch, received);
        return JournalResult.Committed;
    }
}

/// <summary>A request that the spill has no room for is stored as one that it kept.</summary>
internal sealed class StampsWhatItRefuses(ISpill inner) : SpillDecorator(inner)
{
    public override ValueTask<JournalResult> AppendAsync(string source, EventBatch batch, Instant received)
    {
        for (var i = 0; i < batch.Events.Length; i++)
        {
            var entry = batch.Events[i];
            entry.ReceivedAt = received.UnixMilliseconds;
            batch.Replace(i, entry);
        }

        return base.AppendAsync(source, batch, received);
    }
}

/// <summary>The oldest request that waits is passed over for ever.</summary>
internal sealed class PassesOverOldest(ISpill inner) : SpillDecorator(inner)
{
    public override async ValueTask<IReadOnlyList<SpilledBatch>> ReadOldestAsync(
        IReadOnlySet<string> without, int countMax, int bytesMax, IReadOnlySet<long>? resting = null)
    {
        var read = await base.ReadOldestAsync(without, countMax + 1, bytesMax, resting);
        return [.. read.Skip(1)];
    }
}
