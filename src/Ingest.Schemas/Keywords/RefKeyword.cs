namespace Ingest.Schemas;

/// <summary><c>$ref</c>.</summary>
internal sealed class RefKeyword(KeywordSite site, SchemaNode target) : Keyword(site, JsonTypes.All)
{
    public override IEnumerable<SchemaNode> OnSameValue => [target];

    public override bool Check(ref Validation run, int row) => run.Evaluate(target, row);
}
