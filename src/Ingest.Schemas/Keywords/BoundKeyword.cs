using System.Text;

namespace Ingest.Schemas;

/// <summary><c>minimum</c>, <c>maximum</c> and their exclusive forms.</summary>
internal sealed class BoundKeyword(KeywordSite site, byte[] bound, bool isMaximum, bool isExclusive)
    : Keyword(site, JsonTypes.Number)
{
    private readonly long? _small = JsonNumber.TryParseSmall(bound, out var small) ? small : null;

    private readonly string _expected = $"a number {(isMaximum, isExclusive) switch
    {
        (true, true) => "below",
        (true, false) => "at most",
        (false, true) => "above",
        (false, false) => "at least",
    }} {Encoding.ASCII.GetString(bound)}";

    /// <summary>
    /// The least and the most integer that passes, and all numbers between them do too; null where the bound is no plain
    /// integer.
    /// </summary>
    public (long Min, long Max)? Range => (_small, isMaximum) switch
    {
        (null, _) => null,
        ({ } most, true) => (long.MinValue, isExclusive ? most - 1 : most),
        ({ } least, false) => (isExclusive ? least + 1 : least, long.MaxValue),
    };

    public override bool Check(ref Validation run, int row)
    {
        var raw = run.Instance.Raw(row);
        var order = _small is { } small && JsonNumber.TryParseSmall(raw, out var value)
            ? value.CompareTo(small)
            : JsonNumber.Compare(JsonNumber.Parse(raw), JsonNumber.Parse(bound));
        if (isMaximum)
            order = -order;
        return order > 0 || (order == 0 && !isExclusive) || run.Fail(this, row, _expected);
    }
}
