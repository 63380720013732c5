namespace Ingest.Schemas;

/// <summary><c>contains</c> with <c>minContains</c> and <c>maxContains</c>.</summary>
/// <param name="site">Where <c>contains</c> stands.</param>
/// <param name="schema">What the items are tried against.</param>
/// <param name="min">How many must match.</param>
/// <param name="max">How many may match.</param>
/// <param name="marks">Whether the items that match count as looked at: from 2020-12 on.</param>
internal sealed class ContainsKeyword(KeywordSite site, SchemaNode schema, int min, int max, bool marks)
    : Keyword(site, JsonTypes.Array)
{
    public override bool Check(ref Validation run, int row)
    {
        var marking = marks && run.Marking;
        var found = 0;
        var item = row + 1;
        for (var i = 0; i < run.Instance.Rows[row].Count; i++)
        {
            if (!marking && found >= min && max == int.MaxValue)
                return true;
            if (run.TestApart(schema, item))
            {
                found++;
                if (marking)
                    run.Mark(i);
            }

            item = run.Instance.After(item);
        }

        if (found >= min && found <= max)
            return true;
        if (!run.Collecting)
            return false;
        var expected = found > max ? $"at most {max}" : $"at least {min}";
        var location = (found > max ? Site with { Name = "maxContains" }
            : min == 1 ? Site : Site with { Name = "minContains" }).Location;
        return run.Report(location, row, $"found {found} items that match the schema {Site.Location}, expected {expected}");
    }
}
