namespace Ingest.Schemas;

/// <summary><c>anyOf</c>.</summary>
internal sealed class AnyOfKeyword(KeywordSite site, SchemaNode[] branches) : Keyword(site, JsonTypes.All)
{
    public override IEnumerable<SchemaNode> OnSameValue => branches;

    public override bool Check(ref Validation run, int row)
    {
        var valid = false;
        foreach (var branch in branches)
        {
            valid |= run.Test(branch, row);
            // Every branch that passes has marks to add.
            if (valid && !run.Marking)
                return true;
        }

        return valid || Alternatives.ReportNone(ref run, Site, row, branches);
    }
}
