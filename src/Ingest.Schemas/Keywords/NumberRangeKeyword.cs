namespace Ingest.Schemas;

/// <summary>The type and the bounds of numbers, where the bounds are plain integers.</summary>
internal sealed class NumberRangeKeyword : ShortcutKeyword
{
    private readonly long _min = long.MinValue;
    private readonly long _max = long.MaxValue;
    private readonly bool _onlyIntegers;

    private NumberRangeKeyword(Keyword[] keywords)
        : base(keywords, JsonTypes.Number)
    {
        foreach (var keyword in keywords)
        {
            if (keyword is BoundKeyword { Range: var (min, max) })
                (_min, _max) = (Math.Max(_min, min), Math.Min(_max, max));
            else
                _onlyIntegers = true;
        }
    }

    /// <summary>The keywords of a number with one for those at their beginning that it can stand for.</summary>
    public static Keyword[] InPlaceOf(Keyword[] keywords)
    {
        Keyword[] first = [.. keywords.TakeWhile(keyword =>
            keyword is TypeKeyword { AllowsIntegers: true } or BoundKeyword { Range: not null })];
        return first.Length == 0 ? keywords : [new NumberRangeKeyword(first), .. keywords.Skip(first.Length)];
    }

    protected override bool SurelyPasses(in JsonIndex instance, int row) =>
        JsonNumber.TryEnclose(instance.Raw(row), out var floor, out var ceiling)
        && floor >= _min
        && ceiling <= _max
        && (floor == ceiling || !_onlyIntegers);
}
