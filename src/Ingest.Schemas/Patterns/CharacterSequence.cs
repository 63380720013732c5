namespace Ingest.Schemas;

/// <summary>
/// A pattern such as <c>^[a-z]{2}-[A-Z]+$</c>, matched over ASCII bytes in one pass without ever going back: where a step
/// may take more characters or fewer, none of its characters can be the first of what follows.
/// </summary>
internal sealed class CharacterSequence
{
    private const int AsciiCount = 128;

    private readonly Step[] _steps;

    private CharacterSequence(Step[] steps) => _steps = steps;

    /// <summary>The sequence of these steps; null where a step leaves a choice that only the text after it decides.</summary>
    public static CharacterSequence? TryCreate(IReadOnlyList<CharacterStep> steps)
    {
        Step[] ascii = [.. steps.Select(step => new Step(AsciiOf(step.Set), step.Min, step.Max))];
        for (var i = 0; i < ascii.Length; i++)
        {
            if (ascii[i].Min < ascii[i].Max && !EndsClearly(ascii, i))
                return null;
        }

        return new CharacterSequence(ascii);
    }

    /// <summary>Whether a text is such a sequence; null where a character that is not ASCII decides.</summary>
    public bool? IsMatch(ReadOnlySpan<byte> utf8)
    {
        var at = 0;
        foreach (ref readonly var step in _steps.AsSpan())
        {
            var taken = 0;
            while (taken < step.Max && at < utf8.Length && step.Has(utf8[at]))
            {
                taken++;
                at++;
            }

            if (taken < step.Min)
                return IsAsciiOrEnd(utf8, at) ? false : null;
        }

        return at == utf8.Length ? true : IsAsciiOrEnd(utf8, at) ? false : null;
    }

    private static bool IsAsciiOrEnd(ReadOnlySpan<byte> utf8, int at) => at == utf8.Length || utf8[at] < AsciiCount;

    /// <summary>Whether no character of a step can be the first of what follows it.</summary>
    private static bool EndsClearly(Step[] steps, int step)
    {
        for (var next = step + 1; next < steps.Length; next++)
        {
            if ((steps[next].Set & steps[step].Set) != 0)
                return false;
            if (steps[next].Min > 0)
                break;
        }

        return true;
    }

    private static UInt128 AsciiOf(CodePointSet set)
    {
        var bits = UInt128.Zero;
        for (var character = 0; character < AsciiCount; character++)
        {
            if (set.Contains(character))
                bits |= UInt128.One << character;
        }

        return bits;
    }

    /// <param name="Set">A bit for each ASCII character.</param>
    /// <param name="Min">How many at least.</param>
    /// <param name="Max">How many at most.</param>
    private readonly record struct Step(UInt128 Set, int Min, int Max)
    {
        public bool Has(byte value) =>
            value < AsciiCount && (((value < 64 ? (ulong)Set : (ulong)(Set >> 64)) >> (value & 63)) & 1) != 0;
    }
}
