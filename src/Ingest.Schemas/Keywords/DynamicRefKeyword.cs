namespace Ingest.Schemas;

/// <summary>
/// <c>$dynamicRef</c> to a dynamic anchor, and <c>$recursiveRef</c> to a recursive one: the outermost schema resource on
/// the way here that has the anchor provides the target.
/// </summary>
internal sealed class DynamicRefKeyword(KeywordSite site, string anchor, SchemaNode fallback) : Keyword(site, JsonTypes.All)
{
    private SchemaNode?[] _targets = [];

    /// <summary>The anchor's name; empty for <c>$recursiveAnchor</c>.</summary>
    public string Anchor { get; } = anchor;

    /// <summary>Sets the targets by the id of their resource, once all resources are known.</summary>
    public void Bind(SchemaNode?[] targets) => _targets = targets;

    public override bool Check(ref Validation run, int row) => run.Evaluate(run.FindOutermost(_targets) ?? fallback, row);
}
