namespace Ingest.Schemas;

/// <summary><c>format</c>, where it asserts.</summary>
internal sealed class FormatKeyword(KeywordSite site, string name, FormatCheck check) : Keyword(site, JsonTypes.String)
{
    private readonly string _expected = $"the format {name}";

    public override bool Check(ref Validation run, int row)
    {
        if (!run.Spend(row, run.Instance.Rows[row].Length / Validation.BytesPerStep))
            return false;
        using var text = run.Instance.String(row);
        return check(text.Utf8) || run.Fail(this, row, _expected);
    }
}
