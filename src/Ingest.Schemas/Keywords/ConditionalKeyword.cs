namespace Ingest.Schemas;

/// <summary><c>if</c>, <c>then</c> and <c>else</c>.</summary>
internal sealed class ConditionalKeyword(KeywordSite site, SchemaNode condition, SchemaNode? then, SchemaNode? otherwise)
    : Keyword(site, JsonTypes.All)
{
    public override IEnumerable<SchemaNode> OnSameValue => new[] { condition, then, otherwise }.OfType<SchemaNode>();

    public override bool Check(ref Validation run, int row)
    {
        var chosen = run.Test(condition, row) ? then : otherwise;
        return chosen is null || run.Evaluate(chosen, row);
    }
}
