using System.Buffers.Text;

namespace Ingest.Schemas;

/// <summary>
/// The exact value of a JSON number: sign × digits × 10^exponent. The digits are a span of the number's own text, from
/// the first to the last that is not zero; a decimal point may stand among them and is skipped.
/// </summary>
internal readonly ref struct JsonNumber
{
    /// <summary>A sign, and digits that fit a long without overflow.</summary>
    private const int SmallCharsMax = 18;

    public bool IsNegative { get; private init; }

    public ReadOnlySpan<byte> Digits { get; private init; }

    /// <summary>Number of digits, the point not counted; 0 for zero.</summary>
    public int DigitCount { get; private init; }

    /// <summary>Power of ten of the last digit.</summary>
    public int Exponent { get; private init; }

    /// <summary>Power of ten just above the first digit: of two numbers the one with more is larger.</summary>
    public int Magnitude => DigitCount + Exponent;

    public bool IsZero => DigitCount == 0;

    public bool IsInteger => IsZero || Exponent >= 0;

    /// <summary>Says why a number is beyond the limits, or null. Within them every member of this type is exact.</summary>
    public static string? Excess(ReadOnlySpan<byte> text, SchemaLimits limits)
    {
        // "1e9999": the shortest text that can be beyond any sensible bound.
        if (text.Length < 6)
            return null;
        if (text.Length > limits.NumberCharsMax)
            return $"a number has {text.Length} characters, at most {limits.NumberCharsMax} are allowed";
        var mark = text.IndexOfAny((byte)'e', (byte)'E');
        if (mark < 0)
            return null;
        var exponent = text[(mark + 1)..].TrimStart("+-"u8).TrimStart((byte)'0');
        return exponent.Length == 0 || (Utf8Parser.TryParse(exponent, out int size, out _) && size <= limits.NumberExponentMax)
            ? null
            : $"a number has an exponent beyond ±{limits.NumberExponentMax}";
    }

    /// <summary>Reads a number that is JSON and within the limits.</summary>
    public static JsonNumber Parse(ReadOnlySpan<byte> text)
    {
        var negative = text[0] == '-';
        if (negative)
            text = text[1..];
        var exponent = 0;
        var mark = text.IndexOfAny((byte)'e', (byte)'E');
        if (mark >= 0)
        {
            exponent = ParseExponent(text[(mark + 1)..]);
            text = text[..mark];
        }

        var point = text.IndexOf((byte)'.');
        if (point >= 0)
            exponent -= text.Length - point - 1;

        // Zeros at the end go to the exponent, which counts from the last digit. The point itself counts nothing.
        var end = text.Length;
        while (end > 0 && text[end - 1] is (byte)'0' or (byte)'.')
        {
            end--;
            if (text[end] != '.')
                exponent++;
        }

        var start = 0;
        while (start < end && text[start] is (byte)'0' or (byte)'.')
            start++;
        var digits = text[start..end];
        var count = digits.Length - (point >= start && point < end ? 1 : 0);
        return count == 0
            ? default
            : new JsonNumber { IsNegative = negative, Digits = digits, DigitCount = count, Exponent = exponent };
    }

    /// <summary>Reads a plain integer of few digits, which is what nearly all numbers are.</summary>
    public static bool TryParseSmall(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        return text.Length <= SmallCharsMax
            && Utf8Parser.TryParse(text, out value, out var consumed)
            && consumed == text.Length;
    }

    /// <summary>
    /// Finds two integers between which a short number without exponent lies; they are the same where it has no fraction.
    /// </summary>
    public static bool TryEnclose(ReadOnlySpan<byte> text, out long floor, out long ceiling)
    {
        floor = ceiling = 0;
        if (text.Length > SmallCharsMax)
            return false;
        var isNegative = text[0] == '-';
        var at = isNegative ? 1 : 0;
        long value = 0;
        for (; at < text.Length && char.IsAsciiDigit((char)text[at]); at++)
            value = (value * 10) + (text[at] - '0');
        floor = ceiling = isNegative ? -value : value;
        if (at == text.Length)
            return true;
        if (text[at] != '.' || text[at..].ContainsAny((byte)'e', (byte)'E'))
            return false;
        if (isNegative)
            floor--;
        else
            ceiling++;
        return true;
    }

    /// <summary>Compares exactly.</summary>
    public static int Compare(in JsonNumber left, in JsonNumber right)
    {
        if (left.IsZero || right.IsZero || left.IsNegative != right.IsNegative)
            return left.Sign().CompareTo(right.Sign());
        var size = left.Magnitude.CompareTo(right.Magnitude);
        if (size == 0)
            size = CompareDigits(left.Digits, right.Digits);
        return left.IsNegative ? -size : size;
    }

    /// <summary>Writes the digits without the point and returns the part that was written.</summary>
    public ReadOnlySpan<byte> CopyDigits(Span<byte> into)
    {
        var written = 0;
        foreach (var digit in Digits)
        {
            if (digit != '.')
                into[written++] = digit;
        }

        return into[..written];
    }

    private static int CompareDigits(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int l = 0, r = 0;
        while (true)
        {
            if (l < left.Length && left[l] == '.')
                l++;
            if (r < right.Length && right[r] == '.')
                r++;
            // Neither ends in a zero, so where one ends the other is larger.
            if (l == left.Length || r == right.Length)
                return (left.Length - l).CompareTo(right.Length - r);
            if (left[l] != right[r])
                return left[l].CompareTo(right[r]);
            l++;
            r++;
        }
    }

    private static int ParseExponent(ReadOnlySpan<byte> text)
    {
        var negative = text[0] == '-';
        var digits = text.TrimStart("+-"u8);
        // All zeros but for the last nine digits: more would have been refused.
        _ = Utf8Parser.TryParse(digits.Length > 9 ? digits[^9..] : digits, out int value, out _);
        return negative ? -value : value;
    }

    private int Sign() => IsZero ? 0 : IsNegative ? -1 : 1;
}
