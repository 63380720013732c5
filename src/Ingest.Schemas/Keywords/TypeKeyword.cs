namespace Ingest.Schemas;

/// <summary><c>type</c>. Looks only at types that it may reject: where a string is allowed, strings cost nothing.</summary>
/// <param name="site">Where the keyword stands.</param>
/// <param name="allowed">The types that pass.</param>
/// <param name="integersAsWritten">Draft 4: an integer is written without fraction and exponent, so 1.0 is none.</param>
internal sealed class TypeKeyword(KeywordSite site, JsonTypes allowed, bool integersAsWritten)
    : Keyword(site, JsonTypes.All & ~(allowed.HasFlag(JsonTypes.Number) ? allowed : allowed & ~JsonTypes.Integer))
{
    private readonly string _expected = Describe(allowed);

    /// <summary>Whether integers pass, and so of numbers those only.</summary>
    public bool AllowsIntegers { get; } = (allowed & JsonTypes.Integer) != 0;

    public override bool Check(ref Validation run, int row)
    {
        if (AllowsIntegers && run.Instance.Rows[row].Kind == JsonKind.Number)
        {
            var raw = run.Instance.Raw(row);
            if (!raw.ContainsAny(".eE"u8) || (!integersAsWritten && JsonNumber.Parse(raw).IsInteger))
                return true;
        }

        return run.Fail(this, row, _expected);
    }

    private static string Describe(JsonTypes allowed)
    {
        var names = new List<string>();
        foreach (var (type, name) in (ReadOnlySpan<(JsonTypes, string)>)
        [
            (JsonTypes.String, "a string"), (JsonTypes.Number, "a number"), (JsonTypes.Integer, "an integer"),
            (JsonTypes.Boolean, "true or false"), (JsonTypes.Object, "an object"), (JsonTypes.Array, "an array"),
            (JsonTypes.Null, "null"),
        ])
        {
            if ((allowed & type) == type && !(type == JsonTypes.Integer && allowed.HasFlag(JsonTypes.Number)))
                names.Add(name);
        }

        return string.Join(" or ", names);
    }
}
