namespace Ingest.Schemas;

/// <summary><c>allOf</c>.</summary>
internal sealed class AllOfKeyword(KeywordSite site, SchemaNode[] branches) : Keyword(site, JsonTypes.All)
{
    public override IEnumerable<SchemaNode> OnSameValue => branches;

    public override bool Check(ref Validation run, int row)
    {
        var valid = true;
        foreach (var branch in branches)
        {
            valid &= run.Evaluate(branch, row);
            if (!valid && !run.Collecting)
                return false;
        }

        return valid;
    }
}
