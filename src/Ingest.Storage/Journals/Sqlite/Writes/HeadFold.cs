namespace Ingest.Storage;

/// <summary>Folds the newest heads into their rows, all at once.</summary>
internal sealed class HeadFold(HeadCache heads) : IChore
{
    public TimeSpan? NextIn => null;

    public bool IsDue(bool idle) => heads.IsFoldDue;

    public bool Step()
    {
        heads.Fold();
        return true;
    }

    public void Done() => heads.Folded();

    public void Failed(Exception fault, long nextPosition) => heads.FoldFailed();
}
