namespace Ingest.Schemas;

/// <summary><c>oneOf</c>.</summary>
internal sealed class OneOfKeyword(KeywordSite site, SchemaNode[] branches) : Keyword(site, JsonTypes.All)
{
    public override IEnumerable<SchemaNode> OnSameValue => branches;

    public override bool Check(ref Validation run, int row)
    {
        var passed = -1;
        for (var i = 0; i < branches.Length; i++)
        {
            if (!run.Test(branches[i], row))
                continue;
            if (passed >= 0)
            {
                return run.Collecting && run.Report(
                    Site.Location,
                    row,
                    $"found {JsonDescription.Of(run.Instance, row)} that matches alternatives {passed} and {i}, "
                    + $"expected exactly one of {branches.Length}");
            }

            passed = i;
        }

        return passed >= 0 || Alternatives.ReportNone(ref run, Site, row, branches);
    }
}
