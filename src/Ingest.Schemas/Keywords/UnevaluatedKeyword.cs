namespace Ingest.Schemas;

/// <summary>
/// <c>unevaluatedProperties</c> and <c>unevaluatedItems</c>. Checked after all other keywords of the schema, and only
/// while marks are kept for it.
/// </summary>
internal sealed class UnevaluatedKeyword(KeywordSite site, SchemaNode? members, SchemaNode? items)
    : Keyword(site, JsonTypes.Array | JsonTypes.Object)
{
    /// <summary>Whether there is something to check in a value of this kind.</summary>
    public bool Covers(JsonKind kind) =>
        (kind == JsonKind.Object && members is not null) || (kind == JsonKind.Array && items is not null);

    public override bool Check(ref Validation run, int row)
    {
        var isObject = run.Instance.Rows[row].Kind == JsonKind.Object;
        var schema = isObject ? members! : items!;
        var valid = true;
        var child = row + 1;
        for (var i = 0; i < run.Instance.Rows[row].Count; i++)
        {
            var value = isObject ? child + 1 : child;
            if (!run.IsMarked(i))
            {
                valid &= schema.IsFalse ? run.Unexpected(schema, child) : run.EvaluateApart(schema, value);
                if (!valid && !run.Collecting)
                    return false;
            }

            child = run.Instance.After(value);
        }

        run.MarkBefore(run.Instance.Rows[row].Count);
        return valid;
    }
}
