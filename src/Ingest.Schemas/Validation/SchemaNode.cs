namespace Ingest.Schemas;

/// <summary>
/// A compiled subschema: what it asserts, sorted by the kind of value it asserts it of, so that judging a string never
/// looks at the rules for objects. Filled by the compiler, then never changed.
/// </summary>
internal sealed class SchemaNode(ResourceName resource, string pointer)
{
    private const int Kinds = (int)JsonKind.Name + 1;

    private readonly Keyword[][] _keywords = new Keyword[Kinds][];

    // A bit for each kind of which every value passes.
    private int _passing;

    /// <summary>The schema resource it stands in: what decides dynamic references.</summary>
    public ResourceName Resource { get; } = resource;

    /// <summary>Absolute location: URI, <c>#</c>, JSON Pointer.</summary>
    public string Location => $"{Resource.Uri}#{pointer}";

    /// <summary>Whether this is the schema <c>false</c>, which allows nothing.</summary>
    public bool IsFalse { get; private set; }

    /// <summary>Whether every value passes, so that nothing need be looked at.</summary>
    public bool IsTrue { get; private set; }

    /// <summary>What the schema says of members and items that no other keyword has looked at; null mostly.</summary>
    public UnevaluatedKeyword? Unevaluated { get; private set; }

    /// <summary>Every keyword once, for walking the schema.</summary>
    public Keyword[] Keywords { get; private set; } = [];

    /// <summary>The keywords that have something to say of a kind of value, cheapest first.</summary>
    public ReadOnlySpan<Keyword> KeywordsFor(JsonKind kind) => _keywords[(int)kind];

    /// <summary>Whether every value of a kind passes, so that it need not be looked at.</summary>
    public bool Passes(JsonKind kind) => (_passing & (1 << (int)kind)) != 0;

    /// <summary>Makes this the schema <c>true</c> or <c>false</c>.</summary>
    public void Fill(bool allowed)
    {
        IsFalse = !allowed;
        IsTrue = allowed;
        Array.Fill(_keywords, []);
        _passing = allowed ? -1 : 0;
    }

    /// <summary>Gives the schema its keywords.</summary>
    public void Fill(IReadOnlyList<Keyword> keywords, UnevaluatedKeyword? unevaluated)
    {
        Keywords = unevaluated is null ? [.. keywords] : [.. keywords, unevaluated];
        Unevaluated = unevaluated;
        IsTrue = Keywords.Length == 0;
        for (var kind = JsonKind.Null; kind <= JsonKind.Name; kind++)
        {
            var types = TypesOf(kind);
            Keyword[] relevant = [.. keywords.Where(keyword => (keyword.AppliesTo & types) != 0)];
            if (relevant.Length == 0 && unevaluated is null)
                _passing |= 1 << (int)kind;
            relevant = kind switch
            {
                JsonKind.Number => NumberRangeKeyword.InPlaceOf(relevant),
                JsonKind.String or JsonKind.Name => LengthRangeKeyword.InPlaceOf(relevant),
                _ => relevant,
            };
            // Most kinds have the same keywords, often just the one that rejects them.
            var known = Array.Find(_keywords, others => others is not null && others.AsSpan().SequenceEqual(relevant));
            _keywords[(int)kind] = known ?? relevant;
        }
    }

    private static JsonTypes TypesOf(JsonKind kind) => kind switch
    {
        JsonKind.Null => JsonTypes.Null,
        JsonKind.False or JsonKind.True => JsonTypes.Boolean,
        JsonKind.Number => JsonTypes.Number,
        JsonKind.Array => JsonTypes.Array,
        JsonKind.Object => JsonTypes.Object,
        // A member's name is judged as a string by propertyNames.
        _ => JsonTypes.String,
    };
}
