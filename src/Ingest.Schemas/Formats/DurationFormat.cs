namespace Ingest.Schemas;

/// <summary>
/// Durations of RFC 3339, appendix A: units in order and without gaps, such as <c>P1Y2M</c>, <c>PT5M30S</c> or <c>P3W</c>.
/// </summary>
internal static class DurationFormat
{
    public static bool IsDuration(ReadOnlySpan<byte> utf8)
    {
        var cursor = new TextCursor(utf8);
        if (!cursor.TryTake('P'))
            return false;
        if (!cursor.TryTake('T'))
        {
            if (!cursor.TryTakeAllDigits())
                return false;
            if (cursor.TryTake('W'))
                return cursor.IsAtEnd;
            if (!TakeUnits(ref cursor, "YMD"))
                return false;
            if (cursor.IsAtEnd)
                return true;
            if (!cursor.TryTake('T'))
                return false;
        }

        return cursor.TryTakeAllDigits() && TakeUnits(ref cursor, "HMS") && cursor.IsAtEnd;
    }

    /// <summary>Takes units one after the other, the first of any rank; the digits of the first have been taken.</summary>
    private static bool TakeUnits(ref TextCursor cursor, string units)
    {
        var next = 0;
        while (next < units.Length && !cursor.TryTake(units[next]))
            next++;
        if (next == units.Length)
            return false;
        for (next++; next < units.Length && cursor.TryTakeAllDigits(); next++)
        {
            if (!cursor.TryTake(units[next]))
                return false;
        }

        return true;
    }
}
