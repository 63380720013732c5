namespace Ingest.Storage;

/// <summary>
/// What keeps the journal small and no write needs: folding heads, deleting ids that are over, and giving back the space of
/// batches that were confirmed or merged. In transactions of its own, between commits, so that damage to a row that nobody asked for
/// stops no intake, and no write waits for more than a step of each. Used by the writer thread alone.
/// </summary>
internal sealed class Housekeeping(params IReadOnlyList<IChore> chores)
{
    public IReadOnlyList<IChore> Chores => chores;

    /// <summary>How soon a step is due, also where no write comes. Null where none is.</summary>
    public TimeSpan? NextIn => chores.Min(chore => chore.NextIn);
}
