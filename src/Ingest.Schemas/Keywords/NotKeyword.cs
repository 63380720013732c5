namespace Ingest.Schemas;

/// <summary><c>not</c>.</summary>
internal sealed class NotKeyword(KeywordSite site, SchemaNode schema) : Keyword(site, JsonTypes.All)
{
    public override IEnumerable<SchemaNode> OnSameValue => [schema];

    public override bool Check(ref Validation run, int row) =>
        !run.TestApart(schema, row) || run.Fail(this, row, "anything that does not match the schema there");
}
