namespace Ingest.Schemas;

/// <summary>
/// Several keywords in a row, and one look that tells of most values that all of them pass. Of which it cannot tell, they
/// judge one by one, so that the verdict and the errors are theirs.
/// </summary>
/// <param name="keywords">The keywords, in their order.</param>
/// <param name="appliesTo">The types of values that are judged.</param>
internal abstract class ShortcutKeyword(Keyword[] keywords, JsonTypes appliesTo) : Keyword(keywords[0].Site, appliesTo)
{
    public sealed override bool Check(ref Validation run, int row) =>
        SurelyPasses(run.Instance, row) || run.CheckAll(keywords, row);

    /// <summary>Whether it is plain that all keywords pass. Does no more work than one step of the run's budget allows.</summary>
    protected abstract bool SurelyPasses(in JsonIndex instance, int row);
}
