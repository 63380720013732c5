using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>One write that waits for the group commit of a spill.</summary>
internal abstract class SpillWrite
{
    // Asynchronous continuations: a caller's code must never run on the writer thread.
    private readonly TaskCompletionSource<JournalResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<JournalResult> Done => _done.Task;

    /// <summary>Bytes that it adds.</summary>
    public virtual int Bytes => 0;

    public abstract void Execute(SpillTable table, SpillTally tally);

    /// <summary>Called once the transaction is durable.</summary>
    public abstract void Committed(SpillTable table, SpillTally tally);

    public void Answer(JournalResult result) => _done.TrySetResult(result);
}

/// <summary>A request comes in. Its bytes are the caller's, who keeps them until the answer.</summary>
internal sealed class SpillAppend(string source, PooledBuffer body, int events, Instant received) : SpillWrite
{
    private long _position;

    public override int Bytes => body.Length;

    /// <summary>Which of its group it is.</summary>
    public int Index { get; set; }

    public override void Execute(SpillTable table, SpillTally tally)
    {
        _position = tally.NextPosition + Index;
        table.Insert(_position, source, events, received, body.Written);
    }

    public override void Committed(SpillTable table, SpillTally tally) =>
        tally.Added(source, new SpillCounts(1, events, body.Length), received, _position + 1);
}

/// <summary>Requests of one source are in the journal, and leave.</summary>
internal sealed class SpillRemove(string source, IReadOnlyList<SpilledBatch> drained) : SpillWrite
{
    private readonly SpillCounts _counts = new(
        drained.Count, drained.Sum(batch => (long)batch.Batch.Events.Length), drained.Sum(batch => (long)batch.Bytes));

    public override void Execute(SpillTable table, SpillTally tally) => table.Delete(drained.Select(batch => batch.Position));

    public override void Committed(SpillTable table, SpillTally tally) => tally.Removed(source, _counts, table.OldestReceived());
}

/// <summary>Requests cannot be read any more, and wait for a person.</summary>
internal sealed class SpillSetAside(IReadOnlyList<UnreadRow> rows) : SpillWrite
{
    public override void Execute(SpillTable table, SpillTally tally)
    {
        foreach (var row in rows)
            table.SetAside(row);
    }

    public override void Committed(SpillTable table, SpillTally tally) => tally.Recount(table);
}
