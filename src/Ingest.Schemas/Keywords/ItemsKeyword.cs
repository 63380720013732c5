namespace Ingest.Schemas;

/// <summary>
/// Items by position and all further ones: <c>prefixItems</c> and <c>items</c>, or before 2020-12 <c>items</c> and
/// <c>additionalItems</c>.
/// </summary>
/// <param name="site">Where the keyword stands.</param>
/// <param name="prefix">Schemas of the first items.</param>
/// <param name="rest">Schema of the items after those, or null.</param>
internal sealed class ItemsKeyword(KeywordSite site, SchemaNode[] prefix, SchemaNode? rest)
    : Keyword(site, JsonTypes.Array)
{
    /// <summary>Whether something is said of items by their position.</summary>
    public bool HasPrefix => prefix.Length > 0;

    /// <summary>The schema of the items after those; null where every item passes.</summary>
    public SchemaNode? Rest => rest;

    /// <summary>The schemas of items.</summary>
    public IEnumerable<SchemaNode> OnItems => rest is null ? prefix : [.. prefix, rest];

    public override bool Check(ref Validation run, int row)
    {
        var count = run.Instance.Rows[row].Count;
        var covered = rest is null ? Math.Min(prefix.Length, count) : count;
        run.MarkBefore(covered);
        if (rest is null or { IsTrue: true })
            covered = Math.Min(prefix.Length, count);

        var valid = true;
        var item = row + 1;
        for (var i = 0; i < covered; i++)
        {
            valid &= run.EvaluateApart(i < prefix.Length ? prefix[i] : rest!, item);
            if (!valid && !run.Collecting)
                return false;
            item = run.Instance.After(item);
        }

        return valid;
    }
}
