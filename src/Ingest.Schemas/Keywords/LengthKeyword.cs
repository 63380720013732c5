namespace Ingest.Schemas;

/// <summary><c>minLength</c> and <c>maxLength</c>, in code points.</summary>
internal sealed class LengthKeyword(KeywordSite site, int bound, bool isMaximum) : Keyword(site, JsonTypes.String)
{
    /// <summary>UTF-8 bytes of the longest code point.</summary>
    public const int CodePointBytesMax = 4;

    public int Bound => bound;

    public bool IsMaximum => isMaximum;

    private readonly string _expected = $"{(isMaximum ? "at most" : "at least")} {bound} characters";

    public override bool Check(ref Validation run, int row)
    {
        // Most strings are decided by their bytes: as raw JSON a character takes 1 to 4 of them, or more when escaped.
        ref readonly var at = ref run.Instance.Rows[row];
        if (isMaximum ? at.Length <= bound : !at.Escaped && at.Length >= (long)bound * CodePointBytesMax)
            return true;
        if (!run.Spend(row, at.Length / Validation.BytesPerStep))
            return false;
        using var text = run.Instance.String(row);
        var length = JsonString.CountCodePoints(text.Utf8);
        if (isMaximum ? length <= bound : length >= bound)
            return true;
        return run.Collecting && run.Report(
            Site.Location, row, $"found {JsonDescription.Of(run.Instance, row)} of {length} characters, expected {_expected}");
    }
}
