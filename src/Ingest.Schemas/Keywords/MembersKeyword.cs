using System.Buffers;
using System.Text;

namespace Ingest.Schemas;

/// <summary>
/// <c>properties</c>, <c>patternProperties</c>, <c>additionalProperties</c>, <c>propertyNames</c> and <c>required</c>, in
/// one walk over the members: each name is looked up once.
/// </summary>
internal sealed class MembersKeyword : Keyword
{
    private const int NotRequired = -1;

    /// <summary>What JSON writes with an escape.</summary>
    private static readonly SearchValues<byte> s_special = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    private readonly NameTable _names;
    private readonly Known[] _known;

    // The known names with quotes and colon, as texts mostly have them; empty where that has escapes.
    private readonly byte[][] _heads;
    private readonly MemberPattern[] _patterns;
    private readonly SchemaNode? _additional;
    private readonly SchemaNode? _nameSchema;
    private readonly string[] _required;

    /// <param name="schema">The schema that has the keywords.</param>
    /// <param name="rules">What is said of members by name; each name once.</param>
    /// <param name="patterns">What is said of members by pattern.</param>
    /// <param name="additional">What is said of all other members, or null.</param>
    /// <param name="nameSchema">What is said of the names, or null.</param>
    public MembersKeyword(
        SchemaNode schema,
        IReadOnlyList<MemberRule> rules,
        MemberPattern[] patterns,
        SchemaNode? additional,
        SchemaNode? nameSchema)
        : base(new KeywordSite(schema, "properties"), JsonTypes.Object)
    {
        _names = new NameTable([.. rules.Select(rule => Encoding.UTF8.GetBytes(rule.Name))]);
        _required = [.. rules.Where(rule => rule.IsRequired).Select(rule => rule.Name)];
        var required = 0;
        _known = [.. rules.Select(rule => new Known(rule.Schema, rule.IsRequired ? required++ : NotRequired))];
        _heads = [.. rules.Select(rule => HeadOf(Encoding.UTF8.GetBytes(rule.Name)))];
        _patterns = patterns;
        _additional = additional;
        _nameSchema = nameSchema;
    }

    /// <summary>Whether nothing is said of names but which ones they are.</summary>
    public bool IsByNameAlone => _patterns.Length == 0 && _nameSchema is null;

    /// <summary>The schemas of the members' values, by name and of all others.</summary>
    public IEnumerable<SchemaNode> OnValues =>
        _known.Select(known => known.Schema).Append(_additional).OfType<SchemaNode>();

    public override bool Check(ref Validation run, int row)
    {
        var words = BitSet.WordsFor(_required.Length);
        var seen = new BitSet(words <= BitSet.StackWords ? stackalloc ulong[BitSet.StackWords] : new ulong[words]);
        return CheckMembers(ref run, row, seen);
    }

    /// <remarks>
    /// Apart from <see cref="Check"/>, since the runtime does not profile methods that both loop and allocate on the stack.
    /// </remarks>
    private bool CheckMembers(ref Validation run, int row, scoped BitSet seen)
    {
        var seenCount = 0;
        var valid = true;
        var isByNameAlone = IsByNameAlone;
        // Members mostly stand in the order in which the schema names them.
        var expected = 0;
        var name = row + 1;
        for (var i = 0; i < run.Instance.Rows[row].Count; i++)
        {
            SchemaNode? schema = null;
            var number = Find(run.Instance, name, expected);
            if (number >= 0)
            {
                expected = number + 1;
                schema = _known[number].Schema;
                if (See(number, seen))
                    seenCount++;
            }

            if (schema is not null && isByNameAlone)
            {
                valid &= run.EvaluateApart(schema, name + 1);
                run.Mark(i);
            }
            else
            {
                valid &= CheckMember(ref run, i, name, schema);
            }

            if (!valid && !run.Collecting)
                return false;
            name = run.Instance.After(name + 1);
        }

        return seenCount == _required.Length ? valid : ReportMissing(ref run, row, seen);
    }

    /// <summary>Judges members while they are read, where it <see cref="IsByNameAlone"/>.</summary>
    /// <param name="pass">Reads and judges their values.</param>
    /// <param name="at">Where the first one begins, or the brace that ends the object.</param>
    /// <param name="count">How many there are.</param>
    /// <returns>The place of the brace, or <see cref="JsonLexis.Broken"/> where they are not surely valid.</returns>
    public int Pass(ref QuickPass pass, int at, out int count)
    {
        var words = BitSet.WordsFor(_required.Length);
        var seen = new BitSet(words <= BitSet.StackWords ? stackalloc ulong[BitSet.StackWords] : new ulong[words]);
        return PassMembers(ref pass, at, out count, seen);
    }

    private int PassMembers(ref QuickPass pass, int at, out int count, scoped BitSet seen)
    {
        count = 0;
        var seenCount = 0;
        var expected = 0;
        var text = pass.Text;
        var isMore = JsonLexis.ByteAt(text, at) != '}';
        while (isMore)
        {
            count++;
            at = TakeName(text, at, expected, out var number);
            SchemaNode? schema = null;
            if (number >= 0)
            {
                expected = number + 1;
                schema = _known[number].Schema;
                if (See(number, seen))
                    seenCount++;
            }

            at = JsonLexis.SkipSpace(text, pass.Value(schema ?? _additional, at));
            isMore = JsonLexis.ByteAt(text, at) == ',';
            if (isMore)
                at = JsonLexis.SkipSpace(text, at + 1);
        }

        return seenCount == _required.Length ? at : JsonLexis.Broken;
    }

    /// <summary>Takes a name and the colon after it; returns where the value must begin.</summary>
    private int TakeName(ReadOnlySpan<byte> text, int at, int expected, out int number)
    {
        if (expected < _heads.Length && _heads[expected] is { Length: > 0 } head
            && (uint)at < (uint)text.Length && text[at..].StartsWith(head))
        {
            number = expected;
            return JsonLexis.SkipSpace(text, at + head.Length);
        }

        number = -1;
        var end = JsonLexis.EndOfString(text, at, out var isEscaped);
        if (end == JsonLexis.Broken)
            return JsonLexis.Broken;
        using var name = new JsonString(text[(at + 1)..(end - 1)], isEscaped);
        number = _names.Find(name.Utf8);
        return JsonLexis.AfterColon(text, end);
    }

    /// <summary>Whether a known name is required and is seen for the first time.</summary>
    private bool See(int number, BitSet seen)
    {
        var required = _known[number].Required;
        if (required == NotRequired || seen[required])
            return false;
        seen.Add(required);
        return true;
    }

    private static byte[] HeadOf(byte[] name) =>
        name.AsSpan().ContainsAny(s_special) ? [] : [(byte)'"', .. name, (byte)'"', (byte)':'];

    private int Find(in JsonIndex instance, int name, int expected)
    {
        if (instance.Rows[name].Escaped)
            return FindEscaped(instance, name);
        var text = instance.Raw(name);
        return _names.Is(expected, text) ? expected : _names.Find(text);
    }

    private int FindEscaped(in JsonIndex instance, int name)
    {
        using var text = instance.String(name);
        return _names.Find(text.Utf8);
    }

    /// <param name="run">The run.</param>
    /// <param name="member">Number of the member in its object.</param>
    /// <param name="name">Its name.</param>
    /// <param name="schema">What is said of it by its name, or null.</param>
    private bool CheckMember(ref Validation run, int member, int name, SchemaNode? schema)
    {
        var value = name + 1;
        using var text = run.Instance.String(name);
        var isKnown = schema is not null;
        var valid = schema is null || run.EvaluateApart(schema, value);
        foreach (var pattern in _patterns)
        {
            if (!run.Matches(pattern.Pattern, text.Utf8, name, Site with { Name = "patternProperties" }))
                continue;
            isKnown = true;
            valid &= run.EvaluateApart(pattern.Schema, value);
        }

        if (!isKnown && _additional is not null)
        {
            isKnown = true;
            valid &= _additional.IsFalse
                ? run.Unexpected(_additional, name)
                : run.EvaluateApart(_additional, value);
        }

        if (isKnown)
            run.Mark(member);
        return _nameSchema is null ? valid : valid & run.EvaluateApart(_nameSchema, name);
    }

    private bool ReportMissing(ref Validation run, int row, scoped BitSet seen)
    {
        if (!run.Collecting)
            return false;
        var site = Site with { Name = "required" };
        for (var i = 0; i < _required.Length; i++)
        {
            if (!seen[i])
                run.Report(site.Location, row, $"the required member \"{_required[i]}\" is missing");
        }

        return false;
    }

    /// <param name="Schema">Judges the value; null where the name is only required.</param>
    /// <param name="Required">Number among the required names, or <see cref="NotRequired"/>.</param>
    private readonly record struct Known(SchemaNode? Schema, int Required);
}

/// <summary>What a schema says of the member with a name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Schema">Judges its value; null where the name is only required.</param>
/// <param name="IsRequired">Whether the member must be there.</param>
internal readonly record struct MemberRule(string Name, SchemaNode? Schema, bool IsRequired);

/// <summary>What a schema says of the members whose names match a pattern.</summary>
internal readonly record struct MemberPattern(SchemaPattern Pattern, SchemaNode Schema);
