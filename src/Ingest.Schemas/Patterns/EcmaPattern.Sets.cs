using System.Globalization;

namespace Ingest.Schemas;

/// <content>What stands for one character: classes and escapes.</content>
internal ref partial struct EcmaPattern
{
    private CodePointSet Class()
    {
        var negated = _in.TryTake("^");
        var set = CodePointSet.Empty;
        while (!_in.TryTake("]"))
        {
            var first = ClassAtom(out var firstChar);
            var at = _in.Position;
            if (!_in.TryTake("-") || _in.Peek == ']')
            {
                _in.Position = at;
                set = set.Union(first);
                continue;
            }

            var last = ClassAtom(out var lastChar);
            if (firstChar < 0 || lastChar < 0)
                set = set.Union(first).Union(last).Union(CodePointSet.Of(('-', '-')));
            else if (lastChar < firstChar)
                throw _in.Error("a range has its smaller end last");
            else
                set = set.Union(CodePointSet.Of((firstChar, lastChar)));
        }

        return negated ? set.Complement() : set;
    }

    /// <param name="single">The code point, or -1 for a set such as <c>\d</c>.</param>
    private CodePointSet ClassAtom(out int single)
    {
        var next = _in.Next();
        if (next == '\\')
        {
            var set = Escape(inClass: true);
            single = set.Single ?? -1;
            return set;
        }

        single = next;
        return CodePointSet.Of((next, next));
    }

    private CodePointSet Escape(bool inClass)
    {
        var next = _in.Next();
        switch (next)
        {
            case 'd': return CodePointSet.Digits;
            case 'D': return CodePointSet.Digits.Complement();
            case 'w': return CodePointSet.WordCharacters;
            case 'W': return CodePointSet.WordCharacters.Complement();
            case 's': return CodePointSet.WhiteSpace;
            case 'S': return CodePointSet.WhiteSpace.Complement();
            case 'p': return Property();
            case 'P': return Property().Complement();
        }

        var literal = next switch
        {
            't' => '\t',
            'n' => '\n',
            'v' => '\v',
            'f' => '\f',
            'r' => '\r',
            'b' when inClass => '\b',
            '0' when _in.Peek is not (>= '0' and <= '9') => '\0',
            'c' => ControlLetter(),
            'x' => _in.TakeHex(2),
            'u' => UnicodeEscape(),
            _ when next < 0x80 && !char.IsAsciiLetterOrDigit((char)next) => next,
            _ => throw _in.Error($"'\\{(next < 0x80 ? (char)next : '…')}' is not an escape"),
        };
        return CodePointSet.Of((literal, literal));
    }

    private int ControlLetter()
    {
        var letter = _in.Next();
        return letter < 0x80 && char.IsAsciiLetter((char)letter)
            ? letter & 0x1F
            : throw _in.Error(@"\c must be followed by a letter");
    }

    private int UnicodeEscape()
    {
        if (_in.TryTake("{"))
        {
            var digits = _in.TakeUntil('}');
            return int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var codePoint)
                && codePoint is >= 0 and <= 0x10FFFF
                ? codePoint
                : throw _in.Error($@"\u{{{digits}}} is not a code point");
        }

        var unit = _in.TakeHex(4);
        var at = _in.Position;
        if (char.IsHighSurrogate((char)unit) && _in.TryTake(@"\u") && _in.Peek != '{')
        {
            var low = _in.TakeHex(4);
            if (char.IsLowSurrogate((char)low))
                return char.ConvertToUtf32((char)unit, (char)low);
        }

        _in.Position = at;
        return unit;
    }

    private CodePointSet Property()
    {
        if (!_in.TryTake("{"))
            throw _in.Error(@"\p must be followed by {…}");
        var name = _in.TakeUntil('}');
        return UnicodeProperties.Find(name)
            ?? throw _in.Error($"the Unicode property '{name}' is not known; general categories such as L, Letter or Nd are");
    }
}
