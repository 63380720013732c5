namespace Ingest.Schemas;

/// <summary><c>minLength</c> and <c>maxLength</c>, of short texts without escapes.</summary>
internal sealed class LengthRangeKeyword : ShortcutKeyword
{
    private readonly int _min;
    private readonly int _max = int.MaxValue;

    private LengthRangeKeyword(Keyword[] keywords)
        : base(keywords, JsonTypes.String)
    {
        foreach (var keyword in keywords.Cast<LengthKeyword>())
        {
            if (keyword.IsMaximum)
                _max = keyword.Bound;
            else
                _min = keyword.Bound;
        }
    }

    /// <summary>The keywords of a string with one for those at their beginning that it can stand for.</summary>
    public static Keyword[] InPlaceOf(Keyword[] keywords)
    {
        Keyword[] first = [.. keywords.TakeWhile(keyword => keyword is LengthKeyword)];
        return first.Length == 0 ? keywords : [new LengthRangeKeyword(first), .. keywords.Skip(first.Length)];
    }

    protected override bool SurelyPasses(in JsonIndex instance, int row)
    {
        // A character takes one to four bytes, which decides mostly.
        ref readonly var at = ref instance.Rows[row];
        return !at.Escaped
            && at.Length <= _max
            && (at.Length / LengthKeyword.CodePointBytesMax >= _min
                || (at.Length < Validation.BytesPerStep && JsonString.CountCodePoints(instance.Raw(row)) >= _min));
    }
}
