namespace Ingest.Storage;

/// <summary>
/// What keeps the journal small and no write needs: folding heads, and deleting ids that are over. In transactions of its own,
/// between commits, so that damage to a row that nobody asked for stops no intake. Used by the writer thread alone.
/// </summary>
internal sealed class Housekeeping(HeadCache heads, IdSweep sweep)
{
    /// <summary>True when a step is due.</summary>
    /// <param name="idle">Nothing is written now: what is left may be done, too.</param>
    public bool IsDue(bool idle) => heads.IsFoldDue || sweep.IsDue || (idle && sweep.IsUnfinished);

    /// <summary>Takes a step. To be followed by <see cref="Done"/> once what it did is committed, or <see cref="Failed"/>.</summary>
    /// <returns>True where something was changed.</returns>
    public bool Run()
    {
        if (!heads.IsFoldDue)
            return sweep.Step();

        heads.Fold();
        return true;
    }

    public void Done()
    {
        if (heads.IsFoldDue)
            heads.Folded();
        else
            sweep.Done();
    }

    /// <summary>Tries again after as many writes more.</summary>
    /// <param name="nextPosition">The first free position.</param>
    public void Failed(long nextPosition)
    {
        if (heads.IsFoldDue)
            heads.FoldFailed();
        else
            sweep.Failed(nextPosition);
    }
}
