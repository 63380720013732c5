using System.Globalization;
using System.Text;

namespace Ingest.Schemas;

/// <summary>
/// A set of Unicode code points as sorted ranges, and how to say it in a .NET pattern. .NET matches UTF-16 units, so a
/// code point above U+FFFF is written as its surrogate pair.
/// </summary>
internal sealed class CodePointSet
{
    private const int Max = 0x10FFFF;
    private const int UnitMax = 0xFFFF;
    private const int HighMin = 0xD800, LowMin = 0xDC00, LowMax = 0xDFFF;

    private readonly List<(int First, int Last)> _ranges;

    private CodePointSet(List<(int First, int Last)> ranges) => _ranges = ranges;

    public static CodePointSet Empty { get; } = new([]);

    public static CodePointSet Any { get; } = Of((0, Max));

    public static CodePointSet Digits { get; } = Of(('0', '9'));

    public static CodePointSet WordCharacters { get; } = Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));

    /// <summary>What ends a line, so that <c>.</c> does not match it.</summary>
    public static CodePointSet LineTerminators { get; } = Of(('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029));

    /// <summary>ECMA-262 white space: the line terminators, tabs, the byte order mark and all space separators.</summary>
    public static CodePointSet WhiteSpace { get; } = Of(
        ('\t', '\r'), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F),
        (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF));

    /// <summary>The one code point of the set; null where it has none or several.</summary>
    public int? Single => _ranges is [var (first, last)] && first == last ? first : null;

    /// <summary>The set of all code points in the ranges, which may come in any order and overlap.</summary>
    public static CodePointSet Of(params IEnumerable<(int First, int Last)> ranges)
    {
        var merged = new List<(int First, int Last)>();
        foreach (var range in ranges.Order())
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last + 1)
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, range.Last));
            else
                merged.Add(range);
        }

        return new CodePointSet(merged);
    }

    public CodePointSet Union(CodePointSet other) => Of(_ranges.Concat(other._ranges));

    /// <summary>Whether a code point is in the set.</summary>
    public bool Contains(int codePoint) => _ranges.Exists(range => range.First <= codePoint && codePoint <= range.Last);

    public CodePointSet Complement()
    {
        var gaps = new List<(int First, int Last)>();
        var next = 0;
        foreach (var (first, last) in _ranges)
        {
            if (first > next)
                gaps.Add((next, first - 1));
            next = last + 1;
        }

        if (next <= Max)
            gaps.Add((next, Max));
        return new CodePointSet(gaps);
    }

    /// <summary>Writes an expression that matches exactly one code point of the set.</summary>
    public void Write(StringBuilder pattern)
    {
        var alternatives = new List<string>();
        var units = new StringBuilder();
        foreach (var (first, last) in _ranges)
        {
            // Lone surrogates are not in the texts that are matched.
            AddUnits(units, first, Math.Min(last, HighMin - 1));
            AddUnits(units, Math.Max(first, LowMax + 1), Math.Min(last, UnitMax));
            AddPairs(alternatives, Math.Max(first, UnitMax + 1), last);
        }

        if (units.Length > 0)
            alternatives.Insert(0, $"[{units}]");
        pattern.Append(alternatives.Count switch
        {
            // Matches nothing.
            0 => @"[^\u0000-\uFFFF]",
            1 when units.Length > 0 => alternatives[0],
            _ => $"(?:{string.Join('|', alternatives)})",
        });
    }

    private static void AddUnits(StringBuilder units, int first, int last)
    {
        if (first > last)
            return;
        units.Append(Unit(first));
        if (last > first)
            units.Append('-').Append(Unit(last));
    }

    /// <summary>Splits a range above U+FFFF into at most three: part of a high surrogate, whole ones, part of one.</summary>
    private static void AddPairs(List<string> alternatives, int first, int last)
    {
        while (first <= last)
        {
            var high = High(first);
            var wholeEnd = High(last + 1) - 1;
            if (Low(first) == LowMin && wholeEnd >= high)
            {
                alternatives.Add($"[{Unit(high)}-{Unit(wholeEnd)}][{Unit(LowMin)}-{Unit(LowMax)}]");
                first = CodePoint(wholeEnd + 1);
            }
            else
            {
                var end = Math.Min(last, CodePoint(high + 1) - 1);
                alternatives.Add($"{Unit(high)}[{Unit(Low(first))}-{Unit(Low(end))}]");
                first = end + 1;
            }
        }
    }

    private static int High(int codePoint) => HighMin + ((codePoint - 0x10000) >> 10);

    private static int Low(int codePoint) => LowMin + ((codePoint - 0x10000) & 0x3FF);

    private static int CodePoint(int high) => 0x10000 + ((high - HighMin) << 10);

    private static string Unit(int unit) => string.Create(CultureInfo.InvariantCulture, $@"\u{unit:X4}");
}
