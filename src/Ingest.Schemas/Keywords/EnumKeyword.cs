namespace Ingest.Schemas;

/// <summary><c>enum</c> and <c>const</c>. Strings, which most of them are, are looked up at once; the rest is compared.</summary>
internal sealed class EnumKeyword : Keyword
{
    /// <summary>Characters of the values that are told: enough for a dozen short ones.</summary>
    private const int ExpectedCharsMax = 200;

    private readonly NameTable _strings;
    private readonly JsonConstant[] _others;
    private readonly string _expected;

    public EnumKeyword(KeywordSite site, IReadOnlyList<JsonConstant> values)
        : base(site, JsonTypes.All)
    {
        var strings = new List<byte[]>();
        foreach (var value in values)
        {
            if (value.Kind != JsonKind.String)
                continue;
            using var text = value.Index.String(0);
            strings.Add(text.Utf8.ToArray());
        }

        _strings = new NameTable(strings);
        _others = [.. values.Where(value => value.Kind != JsonKind.String)];
        _expected = JsonDescription.Shorten(
            values.Count == 1 ? values[0].ToString() : "one of " + string.Join(", ", values), ExpectedCharsMax);
    }

    /// <summary>Whether some value is an array or an object.</summary>
    public bool HasNested => Array.Exists(_others, value => value.Kind is JsonKind.Array or JsonKind.Object);

    public override bool Check(ref Validation run, int row) => Contains(ref run, row) || run.Fail(this, row, _expected);

    private bool Contains(ref Validation run, int row)
    {
        if (run.Instance.Rows[row].Kind is JsonKind.String or JsonKind.Name)
        {
            using var text = run.Instance.String(row);
            return _strings.Find(text.Utf8) >= 0;
        }

        foreach (var value in _others)
        {
            if (JsonEquality.AreEqual(ref run, value.Index, 0, row))
                return true;
        }

        return false;
    }
}
