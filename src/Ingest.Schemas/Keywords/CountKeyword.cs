namespace Ingest.Schemas;

/// <summary><c>minItems</c>, <c>maxItems</c>, <c>minProperties</c>, <c>maxProperties</c>.</summary>
internal sealed class CountKeyword(KeywordSite site, JsonTypes type, int bound, bool isMaximum) : Keyword(site, type)
{
    private readonly string _expected =
        $"{(isMaximum ? "at most" : "at least")} {bound} {(type == JsonTypes.Array ? "items" : "members")}";

    public override bool Check(ref Validation run, int row)
    {
        var count = run.Instance.Rows[row].Count;
        return (isMaximum ? count <= bound : count >= bound) || run.Fail(this, row, _expected);
    }
}
