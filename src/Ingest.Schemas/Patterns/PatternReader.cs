using System.Globalization;
using System.Text;

namespace Ingest.Schemas;

/// <summary>A pattern, read one code point at a time.</summary>
internal ref struct PatternReader(string pattern)
{
    public const int End = -1;

    public int Position { get; set; }

    public readonly int Peek => Position < pattern.Length ? CodePointAt(Position) : End;

    public readonly bool IsAt(string text) => string.CompareOrdinal(pattern, Position, text, 0, text.Length) == 0;

    public int Next()
    {
        var next = Peek;
        if (next == End)
            throw Error("it ends in the middle");
        Position += next > 0xFFFF ? 2 : 1;
        return next;
    }

    public bool TryTake(string text)
    {
        if (!IsAt(text))
            return false;
        Position += text.Length;
        return true;
    }

    /// <summary>The text up to a closing character, which is taken too.</summary>
    public string TakeUntil(char close)
    {
        var end = pattern.IndexOf(close, Position);
        if (end < 0)
            throw Error($"'{close}' is missing");
        var text = pattern[Position..end];
        Position = end + 1;
        return text;
    }

    /// <summary>Takes a decimal number; null where there is no digit. Large ones are cut to a thousand million.</summary>
    public int? TryTakeNumber()
    {
        var start = Position;
        long value = 0;
        while (Position < pattern.Length && char.IsAsciiDigit(pattern[Position]))
            value = Math.Min((value * 10) + (pattern[Position++] - '0'), 1_000_000_000);
        return Position == start ? null : (int)value;
    }

    /// <summary>Takes exactly so many hexadecimal digits.</summary>
    public int TakeHex(int digits)
    {
        if (Position + digits > pattern.Length
            || !int.TryParse(
                pattern.AsSpan(Position, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            throw Error($"{digits} hexadecimal digits are missing");
        }

        Position += digits;
        return value;
    }

    /// <summary>Says what is wrong where the reader stands.</summary>
    public readonly FormatException Error(string problem) =>
        new($"{problem} (at character {Position + 1} of the pattern; patterns are ECMA-262, as in JavaScript)");

    private readonly int CodePointAt(int at) =>
        Rune.TryGetRuneAt(pattern, at, out var rune) ? rune.Value : pattern[at];
}
