namespace Ingest.Schemas;

/// <summary><c>pattern</c>.</summary>
internal sealed class PatternKeyword(KeywordSite site, SchemaPattern pattern) : Keyword(site, JsonTypes.String)
{
    /// <summary>Whether it is matched in linear time, and so never times out.</summary>
    public bool IsLinear => pattern.IsLinear;

    private readonly string _expected = $"a match of {pattern}";

    public override bool Check(ref Validation run, int row)
    {
        using var text = run.Instance.String(row);
        return run.Matches(pattern, text.Utf8, row, Site) || run.Fail(this, row, _expected);
    }
}
