using System.Globalization;
using System.Text;

namespace Ingest.Schemas;

/// <summary>
/// Translates regular expressions from ECMA-262, with its Unicode flag on, to .NET. They differ in what <c>\d \w \s \b . $</c>
/// mean, in escapes, in how captures are numbered, and in that .NET counts UTF-16 units. As many schemas rely on it, a
/// <c>{</c>, <c>}</c> or <c>]</c> without partner stands for itself, and so does any escaped punctuation.
/// </summary>
internal ref partial struct EcmaPattern
{
    /// <summary>Nesting of groups, which is nesting of calls.</summary>
    private const int DepthMax = 100;

    private const string AsciiWord = "[0-9A-Za-z_]";

    private readonly StringBuilder _out = new();
    private readonly List<string> _groups;
    private readonly bool _hasBackReferences;
    private PatternReader _in;
    private int _group;
    private int _depth;
    private bool _needsBacktracking;

    private EcmaPattern(string pattern)
    {
        _in = new PatternReader(pattern);
        _groups = FindGroups(pattern, out _hasBackReferences);
    }

    /// <summary>Translates a pattern.</summary>
    /// <exception cref="FormatException">It is not ECMA-262, or uses a Unicode property that is not known.</exception>
    public static PatternTranslation Translate(string pattern)
    {
        var translator = new EcmaPattern(pattern);
        var size = translator.Disjunction();
        if (translator._in.Peek == ')')
            throw translator._in.Error("')' has no '('");
        return new PatternTranslation(translator._out.ToString(), translator._needsBacktracking, size);
    }

    /// <summary>The capturing groups in order: their names, or empty. Back references may stand before their group.</summary>
    private static List<string> FindGroups(string pattern, out bool hasBackReferences)
    {
        var groups = new List<string>();
        var inClass = false;
        hasBackReferences = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var rest = pattern.AsSpan(i);
            if (rest[0] == '\\')
            {
                hasBackReferences |= !inClass && rest.Length > 1 && rest[1] is (>= '1' and <= '9') or 'k';
                i++;
            }
            else if (inClass || rest[0] == '[')
            {
                inClass = rest[0] != ']';
            }
            else if (rest[0] == '(' && (rest.Length < 2 || rest[1] != '?'))
            {
                groups.Add("");
            }
            else if (rest.StartsWith("(?<", StringComparison.Ordinal)
                && !rest.StartsWith("(?<=", StringComparison.Ordinal) && !rest.StartsWith("(?<!", StringComparison.Ordinal))
            {
                var close = rest.IndexOf('>');
                groups.Add(close < 0 ? "" : rest[3..close].ToString());
            }
        }

        return groups;
    }

    /// <summary>Reads alternatives up to the end of the group. Returns their size.</summary>
    private long Disjunction()
    {
        if (++_depth > DepthMax)
            throw _in.Error($"groups are nested deeper than {DepthMax}");
        long size = 1;
        while (_in.Peek is not (PatternReader.End or ')'))
        {
            if (_in.TryTake("|"))
                _out.Append('|');
            else
                size += Term();
        }

        _depth--;
        return size;
    }

    private long Term()
    {
        var start = _out.Length;
        if (_in.TryTake("^"))
        {
            _out.Append(@"\A");
        }
        else if (_in.TryTake("$"))
        {
            _out.Append(@"\z");
        }
        else if (_in.TryTake(@"\b"))
        {
            WriteWordBoundary(negated: false);
        }
        else if (_in.TryTake(@"\B"))
        {
            WriteWordBoundary(negated: true);
        }
        else if (_in.TryTake("("))
        {
            var size = Group(out var isAssertion);
            return isAssertion ? size : Quantified(start, size);
        }
        else
        {
            Atom();
            return Quantified(start, size: 1);
        }

        return TakeRepeat() is null ? 1 : throw _in.Error("a repeat follows an assertion");
    }

    private long Group(out bool isAssertion)
    {
        isAssertion = false;
        if (_in.TryTake("?:"))
        {
            _out.Append("(?:");
        }
        else if (TakeAssertion() is { } assertion)
        {
            isAssertion = true;
            _needsBacktracking = true;
            _out.Append('(').Append(assertion);
        }
        else if (_in.TryTake("?<"))
        {
            var name = _in.TakeUntil('>');
            if (name.Length == 0 || !name.All(c => char.IsLetterOrDigit(c) || c is '_' or '$') || char.IsDigit(name[0]))
                throw _in.Error($"'{name}' is not a name for a group");
            OpenCapture();
        }
        else if (_in.Peek == '?')
        {
            throw _in.Error("'(?' must be followed by ':', '=', '!', '<=', '<!' or '<name>'");
        }
        else
        {
            OpenCapture();
        }

        var size = Disjunction();
        if (!_in.TryTake(")"))
            throw _in.Error("')' is missing");
        _out.Append(')');
        return size;
    }

    private string? TakeAssertion()
    {
        foreach (var assertion in (ReadOnlySpan<string>)["?=", "?!", "?<=", "?<!"])
        {
            if (_in.TryTake(assertion))
                return assertion;
        }

        return null;
    }

    private void OpenCapture()
    {
        _group++;
        if (_hasBackReferences)
            _out.Append(CultureInfo.InvariantCulture, $"(?<{_group}>");
        else
            _out.Append("(?:");
    }

    private long Quantified(int start, long size)
    {
        if (TakeRepeat() is not { } repeat)
            return size;
        // One atom may have been written as several: a pair of surrogates.
        _out.Insert(start, "(?:").Append(')').Append(repeat.Text);
        if (_in.TryTake("?"))
            _out.Append('?');
        return TakeRepeat() is null
            ? Math.Min(size * repeat.Copies, int.MaxValue)
            : throw _in.Error("a repeat follows a repeat");
    }

    /// <summary>Takes <c>* + ?</c> or a count in braces, if one is next; other braces stand for themselves.</summary>
    private Repeat? TakeRepeat()
    {
        if (_in.TryTake("*"))
            return new Repeat("*", 0, null);
        if (_in.TryTake("+"))
            return new Repeat("+", 1, null);
        if (_in.TryTake("?"))
            return new Repeat("?", 0, 1);
        var start = _in.Position;
        if (_in.TryTake("{") && _in.TryTakeNumber() is { } min)
        {
            var isRange = _in.TryTake(",");
            var max = isRange ? _in.TryTakeNumber() : min;
            if (_in.TryTake("}"))
            {
                if (max < min)
                    throw _in.Error("a repeat has its smaller count last");
                var text = string.Create(CultureInfo.InvariantCulture, $"{{{min}{(isRange ? "," : "")}{(isRange ? max : null)}}}");
                return new Repeat(text, min, max);
            }
        }

        _in.Position = start;
        return null;
    }

    private void Atom()
    {
        switch (_in.Next())
        {
            case '.':
                CodePointSet.LineTerminators.Complement().Write(_out);
                break;
            case '[':
                Class().Write(_out);
                break;
            case '\\' when _in.Peek is >= '1' and <= '9':
                WriteBackReference(_in.TryTakeNumber()!.Value);
                break;
            case '\\' when _in.TryTake("k"):
                WriteNamedReference();
                break;
            case '\\':
                WriteSet(Escape(inClass: false));
                break;
            case '*' or '+' or '?':
                throw _in.Error("there is nothing to repeat");
            case var literal:
                WriteSet(CodePointSet.Of((literal, literal)));
                break;
        }
    }

    private readonly void WriteSet(CodePointSet set) => set.Write(_out);

    private void WriteNamedReference()
    {
        if (!_in.TryTake("<"))
            throw _in.Error(@"\k must be followed by <name>");
        var name = _in.TakeUntil('>');
        var index = _groups.IndexOf(name);
        if (name.Length == 0 || index < 0)
            throw _in.Error($"there is no group '{name}'");
        WriteBackReference(index + 1);
    }

    private void WriteBackReference(int group)
    {
        if (group > _groups.Count)
            throw _in.Error($"there is no group {group}");
        _needsBacktracking = true;
        // A group that has not matched matches as empty.
        _out.Append(CultureInfo.InvariantCulture, $@"(?({group})\k<{group}>)");
    }

    private void WriteWordBoundary(bool negated)
    {
        _needsBacktracking = true;
        _out.Append(negated
            ? $"(?:(?<={AsciiWord})(?={AsciiWord})|(?<!{AsciiWord})(?!{AsciiWord}))"
            : $"(?:(?<={AsciiWord})(?!{AsciiWord})|(?<!{AsciiWord})(?={AsciiWord}))");
    }

    /// <param name="Text">The repeat as it is written.</param>
    /// <param name="Min">How often at least.</param>
    /// <param name="Max">How often at most; null for any number.</param>
    private readonly record struct Repeat(string Text, int Min, int? Max)
    {
        /// <summary>How many copies of the atom an automaton needs; <c>*</c>, <c>+</c> and <c>?</c> go round in one.</summary>
        public int Copies => Math.Max(1, Max ?? Min);
    }
}
