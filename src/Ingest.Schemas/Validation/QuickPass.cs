using System.Text.Unicode;

namespace Ingest.Schemas;

/// <summary>
/// Judges a text while it is read, without an index. It only ever tells that a text is valid: where it cannot, whatever
/// the reason, the text is indexed and judged anew, which gives the verdict and the errors. So a mistake here may cost
/// time, but must never let anything through: a test compares the two.
/// </summary>
/// <remarks>
/// It follows arrays and objects itself and leaves all other values to their keywords, which find them in an index of a
/// single row.
/// </remarks>
internal ref struct QuickPass
{
    /// <summary>
    /// The part of the allowed work that it may do, as a divisor: what is invalid only because it takes too much work should
    /// not take twice as much.
    /// </summary>
    private const int WorkPart = 8;

    private readonly SchemaLimits _limits;
    private readonly ref JsonRow _row;
    private Validation _run;
    private int _depth;

    private QuickPass(ReadOnlySpan<byte> text, SchemaLimits limits, ref JsonRow row)
    {
        Text = text;
        _limits = limits;
        _row = ref row;
        _run = Validation.Quiet(new JsonIndex(text, new ReadOnlySpan<JsonRow>(ref row)), limits, limits.WorkMax / WorkPart);
    }

    /// <summary>The whole text.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>Whether a text is surely valid.</summary>
    /// <param name="root">The schema; one that <see cref="IsFor"/> this.</param>
    /// <param name="text">The bytes.</param>
    /// <param name="limits">Bounds on texts and work.</param>
    public static bool IsValid(SchemaNode root, ReadOnlySpan<byte> text, SchemaLimits limits)
    {
        if (!Utf8.IsValid(text))
            return false;
        var row = default(JsonRow);
        var pass = new QuickPass(text, limits, ref row);
        var end = pass.Value(root, JsonLexis.SkipSpace(text, 0));
        return JsonLexis.SkipSpace(text, end) == text.Length;
    }

    /// <summary>Whether a schema uses nothing but keywords that can be judged so: else many texts would be read in vain.</summary>
    public static bool IsFor(SchemaNode root)
    {
        var known = new HashSet<SchemaNode> { root };
        var open = new Queue<SchemaNode>(known);
        while (open.TryDequeue(out var node))
        {
            if (node.Unevaluated is not null)
                return false;
            foreach (var keyword in node.Keywords)
            {
                IEnumerable<SchemaNode>? below = keyword switch
                {
                    MembersKeyword { IsByNameAlone: true } members => members.OnValues,
                    ItemsKeyword { HasPrefix: false } items => items.OnItems,
                    // A match that times out should not do so twice.
                    PatternKeyword { IsLinear: true } => [],
                    TypeKeyword or EnumKeyword { HasNested: false } or BoundKeyword or MultipleOfKeyword or LengthKeyword or FormatKeyword or CountKeyword => [],
                    _ => null,
                };
                if (below is null)
                    return false;
                foreach (var schema in below.Where(known.Add))
                    open.Enqueue(schema);
            }
        }

        return true;
    }

    /// <summary>Judges the value that begins at a place.</summary>
    /// <param name="node">Its schema; null where every value passes.</param>
    /// <param name="at">Where it begins.</param>
    /// <returns>The place after it, or <see cref="JsonLexis.Broken"/> where it is not surely valid.</returns>
    public int Value(SchemaNode? node, int at)
    {
        var first = JsonLexis.ByteAt(Text, at);
        if (first is (byte)'{' or (byte)'[')
            return Nested(node, first == '{' ? JsonKind.Object : JsonKind.Array, at);
        var end = JsonLexis.EndOfScalar(Text, at, _limits, out var kind, out var isEscaped);
        if (end == JsonLexis.Broken || node is null)
            return end;
        _row = JsonRow.Of(kind, at, end, isEscaped);
        return _run.EvaluateApart(node, 0) ? end : JsonLexis.Broken;
    }

    private int Nested(SchemaNode? node, JsonKind kind, int at)
    {
        if (_depth == _limits.InstanceDepthMax || (node is not null && (node.IsFalse || !_run.Enter(node, 0))))
            return JsonLexis.Broken;
        _depth++;
        var keywords = node is null ? [] : node.KeywordsFor(kind);
        at = JsonLexis.SkipSpace(Text, at + 1);
        at = kind == JsonKind.Object
            ? Members(keywords, at, out var count)
            : Items(keywords, at, out count);
        if (JsonLexis.ByteAt(Text, at) != (kind == JsonKind.Object ? '}' : ']') || !Counts(keywords, kind, count))
            return JsonLexis.Broken;
        _depth--;
        if (node is not null)
            _run.Leave();
        return at + 1;
    }

    /// <summary>Judges the members of an object by the one keyword for them; returns the place of the brace that ends it.</summary>
    private int Members(ReadOnlySpan<Keyword> keywords, int at, out int count)
    {
        foreach (var keyword in keywords)
        {
            if (keyword is MembersKeyword members)
                return members.Pass(ref this, at, out count);
        }

        count = 0;
        if (JsonLexis.ByteAt(Text, at) == '}')
            return at;
        while (true)
        {
            at = JsonLexis.AfterColon(Text, JsonLexis.EndOfString(Text, at, out _));
            at = JsonLexis.SkipSpace(Text, Value(null, at));
            count++;
            if (JsonLexis.ByteAt(Text, at) != ',')
                return at;
            at = JsonLexis.SkipSpace(Text, at + 1);
        }
    }

    /// <summary>Judges the items of an array; returns the place of the bracket that ends it.</summary>
    private int Items(ReadOnlySpan<Keyword> keywords, int at, out int count)
    {
        SchemaNode? schema = null;
        foreach (var keyword in keywords)
        {
            if (keyword is ItemsKeyword items)
                schema = items.Rest;
        }

        count = 0;
        if (JsonLexis.ByteAt(Text, at) == ']')
            return at;
        while (true)
        {
            at = JsonLexis.SkipSpace(Text, Value(schema, at));
            count++;
            if (JsonLexis.ByteAt(Text, at) != ',')
                return at;
            at = JsonLexis.SkipSpace(Text, at + 1);
        }
    }

    /// <summary>Judges the number of members or items. False too where there are keywords that need more than that.</summary>
    private bool Counts(ReadOnlySpan<Keyword> keywords, JsonKind kind, int count)
    {
        foreach (var keyword in keywords)
        {
            if (keyword is MembersKeyword or ItemsKeyword)
                continue;
            _row = new JsonRow { Kind = kind, Count = count };
            if (keyword is not CountKeyword || !keyword.Check(ref _run, 0))
                return false;
        }

        return true;
    }
}
